using Spectre.Console;

namespace Chirps.Silo.Commands.Display;

/// <summary>The terminal behind a writer, where there is one.</summary>
internal static class Terminal
{
    private const string NoColourVariable = "NO_COLOR";

    /// <summary>A console on the writer. Without colours where the variable NO_COLOR is set.</summary>
    public static IAnsiConsole On(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(output),
        ColorSystem = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NoColourVariable)) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });

    /// <summary>Writes a line, one part of it in a colour.</summary>
    public static void WriteLine(TextWriter output, string before, string coloured, string colour, string after)
    {
        var console = On(output);
        if (console.Profile.Out.IsTerminal)
        {
            // Not wrapped by hand: the terminal does that, and a copied line stays one line.
            console.Profile.Width = int.MaxValue;
            console.Write(new Text(before));
            console.Write(new Text(coloured, Style.Parse(colour)));
            console.Write(new Text(after));
            console.WriteLine();
        }
        else
        {
            output.WriteLine(before + coloured + after);
        }

        output.Flush();
    }
}
