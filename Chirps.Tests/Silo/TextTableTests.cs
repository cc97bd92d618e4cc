using System.Text;
using Chirps.Silo.Commands.Display;
using Spectre.Console;

namespace Chirps.Tests.Silo;

/// <summary>Tables as a terminal of a certain width shows them.</summary>
public sealed class TextTableTests
{
    [Fact]
    public void A_terminal_too_narrow_for_the_columns_gets_a_line_for_each_value()
        => Assert.Equal(
            [
                "node-1",
                "  STATE       Alive",
                "  ADDRESS     2001:db8:0:1:2:3:4:5:42000",
                "  INC         12",
                "  ACCUSED BY  -",
            ],
            Shown(30));

    [Fact]
    public void Columns_that_can_be_read_stay_columns_though_their_texts_are_wrapped()
    {
        var shown = Shown(60);

        Assert.Contains(shown, line => line.Contains("node-1", StringComparison.Ordinal) && line.Contains("Alive", StringComparison.Ordinal) && line.Contains("12", StringComparison.Ordinal));
        Assert.DoesNotContain(shown, line => line.Contains("ACCUSED", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wide_terminal_shows_every_column() => Assert.Contains(Shown(120), line => line.Contains("ACCUSED BY", StringComparison.Ordinal));

    private static List<string> Shown(int width)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new Output(writer, width) });
        var table = new TextTable(new("NODE"), new("STATE"), new("ADDRESS"), new("INC", IsNumber: true), new("ACCUSED BY", WidthNeeded: 100));
        table.Add("node-1", "Alive", "2001:db8:0:1:2:3:4:5:42000", "12", "-");
        table.Print(console);
        return [.. writer.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }

    private sealed class Output(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => 40;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
