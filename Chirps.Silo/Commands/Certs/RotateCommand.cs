using System.CommandLine;
using Chirps.Node.Credentials;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Replaces the certificates of nodes, or in three stages the authority.</summary>
internal static class RotateCommand
{
    public static Command Make(Option<string> directory, Option<bool> json)
    {
        var nodes = CertsCommand.Nodes(0);
        var all = new Option<bool>("--all") { Description = "Every node in the directory" };
        var authority = new Option<bool>("--authority") { Description = "Do the next of the three stages in which the authority is changed" };
        var distributed = new Option<bool>("--distributed") { Description = "With --authority: every node has the files of the stage before" };
        var name = new Option<string?>("--name") { Description = "With --authority: common name of the new one" };
        name.Validators.Add(CertsCommand.CheckName);
        var days = CertsCommand.Days("--days", $"How long the new ones are valid (default: as long as before; an authority {InitCommand.DefaultDays})");
        var command = new Command("rotate", "Replace certificates of nodes by new ones of the same names, or change the authority")
        {
            nodes, all, authority, distributed, name, days,
        };
        command.Validators.Add(result =>
        {
            var ways = (result.GetResult(nodes)?.Tokens.Count > 0 ? 1 : 0) + (result.GetValue(all) ? 1 : 0) + (result.GetValue(authority) ? 1 : 0);
            if (ways != 1)
            {
                result.AddError("Name nodes, or --all of them, or change the --authority: one of the three.");
            }
            else if (!result.GetValue(authority) && (result.GetValue(distributed) || result.GetValue(name) is not null))
            {
                result.AddError("--distributed and --name go with --authority.");
            }
        });
        command.SetAction(parsed => CertsCommand.Run(parsed, output =>
        {
            var store = AuthorityStore.Open(parsed.GetRequiredValue(directory));
            if (parsed.GetValue(authority))
            {
                Print(output, store.Advance(parsed.GetValue(distributed), parsed.GetValue(name), TimeSpan.FromDays(parsed.GetValue(days) ?? InitCommand.DefaultDays)), parsed.GetValue(json));
                return;
            }

            TimeSpan? lifetime = parsed.GetValue(days) is { } count ? TimeSpan.FromDays(count) : null;
            var chosen = parsed.GetValue(all)
                ? store.Nodes()
                : parsed.GetRequiredValue(nodes).Distinct(StringComparer.Ordinal);
            IssueCommand.Print(output, store.Reissue([.. chosen], lifetime), parsed.GetValue(json));
            if (!parsed.GetValue(json))
            {
                output.WriteLine("Put certificate and key where each node reads them; it takes them by itself.");
            }
        }));
        return command;
    }

    private static void Print(TextWriter output, AuthorityStep step, bool json)
    {
        const string Command = "chirps certs rotate --authority --distributed";
        var (number, done, next) = step.Stage switch
        {
            AuthorityStage.Announced => (1, $"the new authority '{step.New}' is made; '{step.Old}' goes on issuing", $"When every node has it, stage 2: {Command}"),
            AuthorityStage.Issuing => (2, $"every node in the directory has a certificate of '{step.New}'", $"When every node has its own, stage 3: {Command}"),
            _ => (3, $"'{step.Old}' is trusted no more; '{step.New}' is the authority", "The change is complete when every node has it."),
        };
        if (json)
        {
            CertsCommand.WriteJson(output, new { done = number, stage = step.Stage, step.Old, step.New, step.Distribute });
            return;
        }

        output.WriteLine($"Stage {number} of 3 is done: {done}.");
        output.WriteLine(step.Distribute.Count == 0 ? "Nothing is to be distributed: the directory has no certificates of nodes." : "Distribute now:");
        foreach (var file in step.Distribute)
        {
            output.WriteLine($"  {file}");
        }

        output.WriteLine(next);
    }
}
