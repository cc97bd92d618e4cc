using Spectre.Console;

namespace Chirps.Silo.Commands.Display;

/// <summary>
/// A table for people: with lines and colours on a terminal, columns parted by spaces elsewhere. A terminal too narrow for the columns gets a line for each value.
/// Colours only help; the words say it all.
/// </summary>
/// <param name="columns">The columns in order.</param>
internal sealed class TextTable(params TextTable.Column[] columns)
{
    /// <summary>A column so wide can be read although its texts are wrapped; a narrower one cannot.</summary>
    private const int Readable = 12;

    private readonly List<(string Text, string? Colour)[]> _rows = [];

    /// <summary>One column.</summary>
    /// <param name="Title">Its head.</param>
    /// <param name="IsNumber">Whether it is aligned to the right.</param>
    /// <param name="WidthNeeded">Only shown on terminals at least so wide; 0 for all.</param>
    internal readonly record struct Column(string Title, bool IsNumber = false, int WidthNeeded = 0);

    /// <summary>Adds a row: a text for each column, with a colour where it means something.</summary>
    public void Add(params (string Text, string? Colour)[] cells) => _rows.Add([.. cells.Select(cell => (Plain.Line(cell.Text), cell.Colour))]);

    /// <summary>Adds a row without colours.</summary>
    public void Add(params string[] cells) => Add([.. cells.Select(cell => (cell, (string?)null))]);

    /// <summary>Writes the table.</summary>
    public void Print(TextWriter output)
    {
        var console = Terminal.On(output);
        if (console.Profile.Out.IsTerminal)
        {
            Print(console);
        }
        else
        {
            PrintPlain(output);
        }
    }

    /// <summary>Writes the table on a terminal.</summary>
    internal void Print(IAnsiConsole console)
    {
        var shown = Enumerable.Range(0, columns.Length).Where(index => console.Profile.Width >= columns[index].WidthNeeded).ToArray();
        var widths = Widths();
        var needed = shown.Sum(index => (columns[index].IsNumber ? widths[index] : Math.Min(widths[index], Readable)) + 2) + 1;
        if (needed <= console.Profile.Width)
        {
            PrintLines(console, shown);
        }
        else
        {
            PrintBlocks(console);
        }
    }

    /// <summary>The first column as a head, the others below it, each with its title.</summary>
    private void PrintBlocks(IAnsiConsole console)
    {
        // Not wrapped by hand: a copied value stays one line.
        console.Profile.Width = int.MaxValue;
        var column = columns.Max(one => one.Title.Length);
        foreach (var row in _rows)
        {
            console.Write(new Text($"{row[0].Text}\n", new Style(decoration: Decoration.Bold)));
            for (var index = 1; index < columns.Length; index++)
            {
                console.Write(new Text($"  {columns[index].Title.PadRight(column)}  "));
                console.Write(new Text($"{row[index].Text}\n", StyleOf(row[index].Colour)));
            }
        }
    }

    private void PrintLines(IAnsiConsole console, int[] shown)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var index in shown)
        {
            var column = new TableColumn(new Text(columns[index].Title, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(columns[index].IsNumber ? column.RightAligned().NoWrap() : column);
        }

        foreach (var row in _rows)
        {
            table.AddRow(shown.Select(index => new Text(row[index].Text, StyleOf(row[index].Colour))));
        }

        console.Write(table);
    }

    private void PrintPlain(TextWriter output)
    {
        var widths = Widths();
        output.WriteLine(Line([.. columns.Select(column => column.Title)], widths));
        foreach (var row in _rows)
        {
            output.WriteLine(Line([.. row.Select(cell => cell.Text)], widths));
        }
    }

    private int[] Widths() => [.. columns.Select((column, index) => _rows.Select(row => row[index].Text.Length).Append(column.Title.Length).Max())];

    private static Style StyleOf(string? colour) => colour is null ? Style.Plain : Style.Parse(colour);

    private string Line(string[] cells, int[] widths)
        => string.Join("  ", cells.Select((cell, index) => columns[index].IsNumber ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd();
}
