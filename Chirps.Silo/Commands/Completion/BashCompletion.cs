using System.Text;
using static Chirps.Silo.Commands.Completion.CompletionTable;

namespace Chirps.Silo.Commands.Completion;

/// <summary>The script for bash.</summary>
internal static class BashCompletion
{
    /// <summary>A table from the words so far to what fits, and a little script around it.</summary>
    public static string Script(CompletionTable table)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of chirps for bash:  eval "$(chirps completion bash)"
            _chirps() {
              local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at= i
              COMPREPLY=()
              case $previous in

            """);
        foreach (var (names, values) in table.Foreseen)
        {
            script.Append($"    {string.Join('|', names)}) COMPREPLY=($(compgen {Generator(values)} -- \"$word\")); return ;;\n");
        }

        script.Append(
            """
              esac
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$at ${COMP_WORDS[i]}" in

            """);
        script.Append($"      {string.Join('|', table.Commands.Where(one => one.Path.Length > 0).Select(one => $"\" {one.Path}\""))}) at=\"$at ${{COMP_WORDS[i]}}\" ;;\n");
        script.Append(
            """
                esac
              done
              case "$at" in

            """);
        foreach (var (path, command) in table.Commands)
        {
            var words = command.Subcommands.Select(one => one.Name).Concat(OptionsOf(command).Select(one => one.Name));
            // Not for an option that is begun: members are asked for over the network.
            var more = ArgumentsOf(command).Where(one => one.Kind is not ValueKind.Unforeseen).Select(values => $"; [[ $word == -* ]] || COMPREPLY+=($(compgen {Generator(values)} -- \"$word\"))");
            script.Append($"    \"{(path.Length > 0 ? " " + path : "")}\") COMPREPLY=($(compgen -W \"{string.Join(' ', words)}\" -- \"$word\")){string.Concat(more)} ;;\n");
        }

        script.Append(
            """
              esac
            }
            complete -F _chirps chirps

            """);
        return script.ToString();
    }

    private static string Generator(Values values) => values.Kind switch
    {
        ValueKind.Files => "-f",
        ValueKind.Members => $"-W \"$({Members})\"",
        _ => $"-W '{string.Join(' ', values.Words)}'",
    };
}
