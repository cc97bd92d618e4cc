using System.CommandLine;

namespace Chirps.Silo.Commands.Completion;

/// <summary>Writes the script that completes commands in a shell. It is made from the commands themselves, and asks the node for names of members.</summary>
internal static class CompletionCommand
{
    public static Command Make()
    {
        var shell = new Argument<string>(CompletionTable.Shell) { Description = "bash, zsh or fish" };
        shell.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !CompletionTable.Shells.Contains(result.Tokens[0].Value, StringComparer.Ordinal))
            {
                result.AddError($"shell takes {Expectations.Either(CompletionTable.Shells)}, not '{result.Tokens[0].Value}'.");
            }
        });
        var command = new Command("completion", "Write the script that completes commands in a shell") { shell };
        command.SetAction(parsed =>
        {
            var table = new CompletionTable(command.Parents.OfType<Command>().First());
            parsed.InvocationConfiguration.Output.Write(parsed.GetRequiredValue(shell) switch
            {
                "bash" => BashCompletion.Script(table),
                "zsh" => ZshCompletion.Script(table),
                _ => FishCompletion.Script(table),
            });
            return ExitCode.Ok;
        });
        return command;
    }
}
