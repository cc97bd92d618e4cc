using System.CommandLine;
using Chirps.Silo.Demo;

namespace Chirps.Silo.Commands;

/// <summary>A whole mesh of real processes on this machine, put through its paces.</summary>
internal static class DemoCommand
{
    public static Command Make()
    {
        var nodes = new Option<int>("--nodes") { Description = "How many processes, 2 to 20", DefaultValueFactory = _ => 3 };
        nodes.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 2 or > 20))
            {
                result.AddError("--nodes takes 2 to 20.");
            }
        });
        var keep = new Option<bool>("--keep") { Description = "Leave the mesh running at the end, until Ctrl-C" };
        var command = new Command("demo", "Start a mesh on this machine: join, messages, a crash, durable messages over a crash of their host, a restart, a leave (from a checkout: ./chirps demo raft for consensus)") { nodes, keep };
        command.SetAction((parsed, cancellationToken) => DemoRun.RunAsync(parsed.GetRequiredValue(nodes), parsed.GetValue(keep), cancellationToken));
        return command;
    }
}
