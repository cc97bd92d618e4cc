using System.CommandLine;
using Chirps.Node;

namespace Chirps.Silo.Commands;

/// <summary>Development certificates: one authority in a directory, and a certificate per node.</summary>
internal static class CertsCommand
{
    public static Command Make()
    {
        var directory = new Option<string>("--directory") { Description = "Where they are kept", DefaultValueFactory = _ => Path.Combine("run", "certs") };
        var cluster = new Option<string>("--cluster") { Description = "Name of the cluster", DefaultValueFactory = _ => "chirps" };
        var nodes = new Argument<string[]>("nodes") { Description = "Names of the nodes", Arity = ArgumentArity.OneOrMore };
        var command = new Command("certs", "Issue development certificates for nodes") { directory, cluster, nodes };
        command.SetAction(parsed =>
        {
            var authority = AuthorityStore.At(parsed.GetRequiredValue(directory));
            foreach (var node in parsed.GetRequiredValue(nodes))
            {
                var files = authority.IssueFiles(parsed.GetRequiredValue(cluster), node);
                Console.WriteLine($"{files.CertPath}  {files.KeyPath}  {files.CaPath}");
            }
        });
        return command;
    }
}
