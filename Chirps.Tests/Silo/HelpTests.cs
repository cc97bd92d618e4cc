using System.CommandLine;
using Chirps.Silo.Commands;
using Chirps.Silo.Commands.Display;
using Chirps.Tests.Architecture;

namespace Chirps.Tests.Silo;

/// <summary>The help of all commands, as recorded: CHIRPS_ACCEPT=1 records it anew.</summary>
public sealed class HelpTests
{
    private static readonly string _path = Path.Combine(Repository.Root, "Chirps.Tests", "Silo", "Help.expected.txt");

    [Fact]
    public async Task The_help_is_the_recorded_one_and_fits_80_columns()
    {
        var help = new StringWriter();
        foreach (var path in Paths(CommandTree.Make()))
        {
            var typed = await RunningSilo.TypeAsync(CancellationToken.None, [.. path, "--help"]);
            Assert.Equal((ExitCode.Ok, ""), (typed.Code, typed.Error));
            help.Write($"$ chirps {string.Join(' ', [.. path, "--help"])}\n{typed.Output.ReplaceLineEndings("\n")}\n");
        }

        var actual = help.ToString();
        if (Environment.GetEnvironmentVariable("CHIRPS_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(_path, actual);
        }

        Assert.DoesNotContain(actual.Split('\n'), line => line.Length > 80 && !line.StartsWith("  chirps ", StringComparison.Ordinal) && !line.StartsWith("Usage:", StringComparison.Ordinal) && !line.Contains("| chirps", StringComparison.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(_path), actual);
    }

    [Fact]
    public void Every_command_has_an_example_that_is_understood()
        => Assert.All(Paths(CommandTree.Make()), path =>
        {
            var words = string.Join(' ', ["chirps", .. path]);
            var examples = CommandExamples.Of(words);
            Assert.True(examples.Count > 0, words);
            Assert.All(examples.Where(example => example.StartsWith("chirps ", StringComparison.Ordinal)), example =>
            {
                var typed = example["chirps ".Length..].Split(" | ")[0].Split(" > ")[0];
                Assert.Empty(CommandTree.Make().Parse(typed.Replace('\'', '"')).Errors);
            });
        });

    private static IEnumerable<string[]> Paths(Command command) => command.Subcommands.SelectMany(one => Paths(one).Select(path => (string[])[one.Name, .. path])).Prepend([]);
}
