using Spectre.Console;

namespace Chirps.Silo.Commands.Display;

/// <summary>A table for people: with lines and colours on a terminal, columns parted by spaces elsewhere. Colours only help; the words say it all.</summary>
/// <param name="columns">The columns in order.</param>
internal sealed class TextTable(params TextTable.Column[] columns)
{
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
            PrintLines(console);
        }
        else
        {
            PrintPlain(output);
        }
    }

    private void PrintLines(IAnsiConsole console)
    {
        var shown = Enumerable.Range(0, columns.Length).Where(index => console.Profile.Width >= columns[index].WidthNeeded).ToArray();
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var index in shown)
        {
            var column = new TableColumn(new Text(columns[index].Title, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(columns[index].IsNumber ? column.RightAligned().NoWrap() : column);
        }

        foreach (var row in _rows)
        {
            table.AddRow(shown.Select(index => new Text(row[index].Text, row[index].Colour is { } colour ? Style.Parse(colour) : Style.Plain)));
        }

        console.Write(table);
    }

    private void PrintPlain(TextWriter output)
    {
        var widths = columns.Select((column, index) => _rows.Select(row => row[index].Text.Length).Append(column.Title.Length).Max()).ToArray();
        output.WriteLine(Line([.. columns.Select(column => column.Title)], widths));
        foreach (var row in _rows)
        {
            output.WriteLine(Line([.. row.Select(cell => cell.Text)], widths));
        }
    }

    private string Line(string[] cells, int[] widths)
        => string.Join("  ", cells.Select((cell, index) => columns[index].IsNumber ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd();
}
