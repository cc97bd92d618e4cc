using System.Text;
using static Chirps.Silo.Commands.Completion.CompletionTable;

namespace Chirps.Silo.Commands.Completion;

/// <summary>The script for zsh: a function that completes, whether it is read by <c>eval</c> or found in <c>fpath</c>.</summary>
internal static class ZshCompletion
{
    public static string Script(CompletionTable table)
    {
        var script = new StringBuilder();
        script.Append(
            """
            #compdef chirps
            # Completion of chirps for zsh:  eval "$(chirps completion zsh)", or chirps completion zsh > "${fpath[1]}/_chirps"
            _chirps() {
              local at= longer i
              local -a commands options
              case $words[CURRENT-1] in

            """);
        foreach (var (names, values) in table.Foreseen)
        {
            script.Append($"    ({string.Join('|', names)}) {Adder(values)}; return ;;\n");
        }

        script.Append(
            """
              esac
              for (( i = 2; i < CURRENT; i++ )); do
                longer="${at:+$at }$words[i]"
                case $longer in

            """);
        script.Append($"      ({string.Join('|', table.Commands.Where(one => one.Path.Length > 0).Select(one => $"'{one.Path}'"))}) at=$longer ;;\n");
        script.Append(
            """
                esac
              done
              case $at in

            """);
        foreach (var (path, command) in table.Commands)
        {
            script.Append($"    ('{path}')\n");
            if (command.Subcommands.Count > 0)
            {
                script.Append($"      commands=({string.Join(' ', command.Subcommands.Select(one => Quote($"{one.Name}:{one.Description}")))})\n      _describe command commands\n");
            }

            foreach (var values in ArgumentsOf(command).Where(one => one.Kind is not ValueKind.Unforeseen))
            {
                // Not for an option that is begun: members are asked for over the network.
                script.Append($"      [[ $PREFIX == -* ]] || {Adder(values)}\n");
            }

            script.Append($"      options=({string.Join(' ', OptionsOf(command).SelectMany(one => NamesOf(one).Select(name => Quote($"{name}:{one.Description}"))))})\n      _describe -o option options ;;\n");
        }

        script.Append(
            """
              esac
            }
            if [[ $funcstack[1] == _chirps ]]; then
              _chirps
            else
              (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
              compdef _chirps chirps
            fi

            """);
        return script.ToString();
    }

    private static string Adder(Values values) => values.Kind switch
    {
        ValueKind.Files => "_files",
        ValueKind.Members => $"compadd -- ${{(f)\"$({Members})\"}}",
        _ => $"compadd -- {string.Join(' ', values.Words)}",
    };

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
