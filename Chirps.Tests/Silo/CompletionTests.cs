using Chirps.Silo.Commands;
using Chirps.Tests.Operations;

namespace Chirps.Tests.Silo;

/// <summary>What the shells make of the scripts that complete commands. No node is asked: a stand-in for the program names two members.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-completion-").FullName;

    /// <summary>What is typed, and what every shell completes it to.</summary>
    public static TheoryData<string, string> Lines => new()
    {
        { "chirps st", "state" },
        { "chirps state g", "get" },
        { "chirps send n", "node-1 node-2" },
        { "chirps state get --of ", "node-1 node-2" },
        { "chirps send x --prof", "--profile" },
        { "chirps send x --profile Eph", "Ephemeral" },
        { "chirps send x -p Eph", "Ephemeral" },
        { "chirps completion ", "bash fish zsh" },
        { "chirps run --config f", "file.toml" },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Bash_completes_what_is_typed(string line, string expected) => CompletesAsync(
        "bash",
        line,
        expected,
        (words, _) => $"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _chirps; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n");

    [ProgramTheory("zsh")]
    [MemberData(nameof(Lines))]
    public Task Zsh_completes_what_is_typed(string line, string expected) => CompletesAsync(
        "zsh",
        line,
        expected,
        (words, last) => $$"""
            words=({{words}}); CURRENT=${#words}
            compadd() { shift; print -l -- $@ | grep -e "^{{last}}" }
            _files() { print -l -- {{last}}*(N) }
            _describe() { [[ $1 == -o ]] && shift; print -l -- ${(P)2} | cut -d: -f1 | grep -e "^{{last}}" }
            _chirps

            """,
        before: "compdef() { }\n");

    [ProgramTheory("fish")]
    [MemberData(nameof(Lines))]
    public Task Fish_completes_what_is_typed(string line, string expected) => CompletesAsync("fish", line, expected, (_, _) => $"complete -C '{line}' | cut -f1\n");

    /// <summary>Options are left out where there is something else: shells differ in when they offer them.</summary>
    private async Task CompletesAsync(string shell, string line, string expected, Func<string, string, string> complete, string before = "")
    {
        var script = await RunningSilo.TypeAsync(CancellationToken.None, "completion", shell);
        Assert.Equal(ExitCode.Ok, script.Code);
        await File.WriteAllTextAsync(Path.Combine(_directory, "file.toml"), "");
        var members = shell == "fish" ? "function chirps; printf 'node-1\\nnode-2\\n'; end\n" : "chirps() { printf 'node-1\\nnode-2\\n'; }\n";
        var words = line.Split(' ');
        var program = $"cd '{_directory}'\n{members}{before}{script.Output}\n{complete(string.Join(' ', words.Select(word => $"'{word}'")), words[^1])}";

        var (_, output) = await ExternalProgram.RunAsync(shell, program, shell == "zsh" ? ["-f"] : shell == "fish" ? ["--no-config"] : ["--norc"]);

        var completed = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal).ToList();
        var others = completed.Where(one => !one.StartsWith('-')).ToList();
        Assert.Equal(expected, string.Join(' ', others.Count > 0 ? others : completed));
    }
}
