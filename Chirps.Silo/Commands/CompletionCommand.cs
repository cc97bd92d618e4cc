using System.CommandLine;
using System.Text;

namespace Chirps.Silo.Commands;

/// <summary>Writes the script that completes commands in a shell. It is made from the commands themselves, and asks the node for names of members.</summary>
internal static class CompletionCommand
{
    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    public static Command Make()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !_shells.Contains(result.Tokens[0].Value, StringComparer.Ordinal))
            {
                result.AddError($"shell takes {Expectations.Either(_shells)}, not '{result.Tokens[0].Value}'.");
            }
        });
        var command = new Command("completion", "Write the script that completes commands in a shell") { shell };
        command.SetAction(parsed =>
        {
            var root = command.Parents.OfType<Command>().First();
            parsed.InvocationConfiguration.Output.Write(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash(root),
                "zsh" => Zsh(root),
                _ => Fish(root),
            });
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What may follow the words so far: a table from the words to what fits, and a little script around it.</summary>
    private static string Bash(Command root)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of chirps for bash:  eval "$(chirps completion bash)"
            _chirps() {
              local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= i
              COMPREPLY=()
              case $previous in

            """);
        foreach (var (name, values) in Values(root))
        {
            script.Append($"    {name}) COMPREPLY=($(compgen {(values.Length == 0 ? "-f" : $"-W '{string.Join(' ', values)}'")} -- \"$word\")); return ;;\n");
        }

        script.Append(
            """
              esac
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$path ${COMP_WORDS[i]}" in

            """);
        script.Append($"      {string.Join('|', Paths(root).Where(one => one.Path.Length > 0).Select(one => $"\" {one.Path}\""))}) path=\"$path ${{COMP_WORDS[i]}}\" ;;\n");
        script.Append(
            """
                esac
              done
              local words=
              case "$path" in

            """);
        foreach (var (path, command) in Paths(root))
        {
            var members = command.Arguments.Any(one => one.Name == "member") ? " $(chirps members --names 2>/dev/null)" : "";
            script.Append($"    \"{(path.Length > 0 ? " " + path : "")}\") words=\"{string.Join(' ', Words(command))}{members}\" ;;\n");
        }

        script.Append(
            """
              esac
              COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -F _chirps chirps

            """);
        return script.ToString();
    }

    /// <summary>The one of bash, in the compatible mode of zsh.</summary>
    private static string Zsh(Command root) =>
        $"""
        #compdef chirps
        # Completion of chirps for zsh:  chirps completion zsh > "${"{"}fpath[1]{"}"}/_chirps", or eval "$(chirps completion zsh)"
        autoload -U +X compinit && compinit
        autoload -U +X bashcompinit && bashcompinit
        {Bash(root)}
        """;

    private static string Fish(Command root)
    {
        var script = new StringBuilder("# Completion of chirps for fish:  chirps completion fish > ~/.config/fish/completions/chirps.fish\ncomplete -c chirps -f\n");
        foreach (var (path, command) in Paths(root))
        {
            var names = command.Subcommands.Select(one => one.Name).ToArray();
            var condition = path.Length == 0 ? "__fish_use_subcommand"
                : string.Join("; and ", path.Split(' ').Select(word => $"__fish_seen_subcommand_from {word}")) + (names.Length > 0 ? $"; and not __fish_seen_subcommand_from {string.Join(' ', names)}" : "");
            foreach (var sub in command.Subcommands)
            {
                script.Append($"complete -c chirps -n '{condition}' -a {sub.Name} -d {Quote(sub.Description)}\n");
            }

            foreach (var option in Options(command).Where(one => one.Name.StartsWith("--", StringComparison.Ordinal)))
            {
                var values = ValuesOf(option);
                var takes = values is null ? (option.ValueType == typeof(bool) ? "" : " -x") : values.Length == 0 ? " -r -F" : $" -x -a '{string.Join(' ', values)}'";
                script.Append($"complete -c chirps -n '{condition}' -l {option.Name[2..]}{takes} -d {Quote(option.Description)}\n");
            }

            if (command.Arguments.Any(one => one.Name == "member"))
            {
                script.Append($"complete -c chirps -n '{condition}' -a '(chirps members --names 2>/dev/null)'\n");
            }
        }

        return script.ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Paths(Command command, string path = "")
        => command.Subcommands.SelectMany(one => Paths(one, path.Length == 0 ? one.Name : $"{path} {one.Name}")).Prepend((path, command));

    private static IEnumerable<string> Words(Command command)
        => command.Subcommands.Select(one => one.Name)
            .Concat(Options(command).Select(one => one.Name))
            .Concat(command.Name == "completion" ? _shells : []);

    private static IEnumerable<Option> Options(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(Options).Where(one => one.Recursive)).Where(one => !one.Hidden).DistinctBy(one => one.Name);

    /// <summary>Each option that takes one of some words, or a file.</summary>
    private static IEnumerable<(string Names, string[] Values)> Values(Command root)
        => Paths(root).SelectMany(one => one.Command.Options).Select(one => (Names: string.Join('|', one.Aliases.Append(one.Name).Distinct()), Values: ValuesOf(one)))
            .Where(one => one.Values is not null).DistinctBy(one => one.Names).Select(one => (one.Names, one.Values!));

    /// <summary>The words an option takes; none for a file; <see langword="null"/> for what cannot be foreseen.</summary>
    private static string[]? ValuesOf(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        return type.IsEnum ? Enum.GetNames(type) : option.Name == "--lane" ? ["urgent", "bulk"] : option.HelpName == Expectations.PathHelp ? [] : null;
    }

    private static string Quote(string? text) => $"'{(text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
