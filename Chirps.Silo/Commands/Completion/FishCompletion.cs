using System.CommandLine;
using System.Text;
using static Chirps.Silo.Commands.Completion.CompletionTable;

namespace Chirps.Silo.Commands.Completion;

/// <summary>The script for fish: a line for everything that fits somewhere, and a question that says where.</summary>
internal static class FishCompletion
{
    public static string Script(CompletionTable table)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of chirps for fish:  chirps completion fish > ~/.config/fish/completions/chirps.fish
            function __chirps_at
              set -l at
              for word in (commandline -opc)[2..-1]
                set -l longer (string trim -- "$at $word")

            """);
        script.Append($"    contains -- \"$longer\" {string.Join(' ', table.Commands.Where(one => one.Path.Length > 0).Select(one => $"'{one.Path}'"))}; and set at $longer\n");
        script.Append(
            """
              end
              test "$at" = "$argv[1]"
            end
            complete -c chirps -f

            """);
        foreach (var (path, command) in table.Commands)
        {
            Append(script, $"complete -c chirps -n '__chirps_at \"{path}\"'", command);
        }

        return script.ToString();
    }

    private static void Append(StringBuilder script, string head, Command command)
    {
        foreach (var sub in command.Subcommands)
        {
            script.Append($"{head} -a {sub.Name} -d {Quote(sub.Description)}\n");
        }

        foreach (var option in OptionsOf(command))
        {
            var names = NamesOf(option).Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}");
            script.Append($"{head}{string.Concat(names)}{(ValuesOf(option) is { Kind: not ValueKind.None } values ? Takes(values) : "")} -d {Quote(option.Description)}\n");
        }

        foreach (var values in ArgumentsOf(command).Where(one => one.Kind is not ValueKind.Unforeseen))
        {
            script.Append($"{head}{(values.Kind == ValueKind.Files ? " -F" : Takes(values)[" -x".Length..])}\n");
        }
    }

    private static string Takes(Values values) => values.Kind switch
    {
        ValueKind.Files => " -r -F",
        ValueKind.Members => $" -x -a '({Members})'",
        ValueKind.Words => $" -x -a '{string.Join(' ', values.Words)}'",
        _ => " -x",
    };

    private static string Quote(string? text) => $"'{(text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
