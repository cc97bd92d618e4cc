using System.CommandLine;
using System.Net;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Issues first certificates to nodes.</summary>
internal static class IssueCommand
{
    /// <summary>How long a node's certificate is valid when nothing else is asked.</summary>
    public const int DefaultDays = 90;

    public static Command Make(Option<string> directory, Option<bool> json)
    {
        var nodes = CertsCommand.Nodes(1);
        var cluster = new Option<string>("--cluster") { Description = "Name of the cluster", DefaultValueFactory = _ => "chirps" };
        var days = CertsCommand.Days("--days", $"How long they are valid (default: {DefaultDays}); never longer than the authority");
        var dns = new Option<string[]>("--dns") { Description = "A further DNS name; with one node only", DefaultValueFactory = _ => [] };
        dns.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => Uri.CheckHostName(token.Value) != UriHostNameType.Dns || !token.Value.All(char.IsAscii)))
            {
                result.AddError($"'{token.Value}' is no DNS name.");
            }
        });
        var ip = new Option<string[]>("--ip") { Description = "An IP address; with one node only", DefaultValueFactory = _ => [] };
        ip.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !IsAddress(token.Value)))
            {
                result.AddError($"'{token.Value}' is no IP address.");
            }
        });
        var force = new Option<bool>("--force") { Description = "Overwrite certificates that are there" };
        var command = new Command("issue", "Issue certificates to nodes that have none") { nodes, cluster, days, dns, ip, force };
        command.Validators.Add(result =>
        {
            if (result.GetResult(nodes)?.Tokens.Count > 1 && (result.GetResult(dns)?.Tokens.Count > 0 || result.GetResult(ip)?.Tokens.Count > 0))
            {
                result.AddError("--dns and --ip go with one node: two nodes with one address would be a mistake.");
            }
        });
        command.SetAction(parsed => CertsCommand.Run(parsed, output =>
        {
            var extra = new ExtraNames(parsed.GetRequiredValue(dns), [.. parsed.GetRequiredValue(ip).Select(IPAddress.Parse)]);
            var lifetime = TimeSpan.FromDays(parsed.GetValue(days) ?? DefaultDays);
            var store = AuthorityStore.Open(parsed.GetRequiredValue(directory));
            var requests = parsed.GetRequiredValue(nodes).Distinct(StringComparer.Ordinal).Select(node => new NodeRequest(parsed.GetRequiredValue(cluster), node, lifetime, extra));
            Print(output, store.IssueFiles([.. requests], parsed.GetValue(force)), parsed.GetValue(json));
        }));
        return command;
    }

    /// <summary>A line per node: certificate, key, authorities; for programs all in one object.</summary>
    public static void Print(TextWriter output, IReadOnlyList<TlsOptions> issued, bool json)
    {
        if (json)
        {
            CertsCommand.WriteJson(output, new { issued = issued.Select(files => new { node = Path.GetFileNameWithoutExtension(files.CertPath), files.CertPath, files.KeyPath, files.CaPath }) });
            return;
        }

        foreach (var files in issued)
        {
            output.WriteLine($"{files.CertPath}  {files.KeyPath}  {files.CaPath}");
        }
    }

    /// <summary>An address in full: "10.1" would be read as 10.0.0.1 otherwise.</summary>
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _) && (text.Contains(':', StringComparison.Ordinal) || text.Count(letter => letter == '.') == 3);
}
