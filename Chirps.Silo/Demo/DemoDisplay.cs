using Spectre.Console;

namespace Chirps.Silo.Demo;

/// <summary>What a person sees while the demo runs: a table that updates on a terminal, plain lines elsewhere.</summary>
internal class DemoDisplay : IDisposable
{
    private readonly DateTimeOffset _start = DateTimeOffset.Now;

    /// <summary>The display that fits the output.</summary>
    /// <param name="columns">The table's columns; those behind the second are numbers.</param>
    /// <param name="rows">The cells of each row, as Spectre's markup.</param>
    public static DemoDisplay Create(string[] columns, Func<IEnumerable<IEnumerable<string>>> rows)
        => Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? new DemoDisplay() : new DemoTable(columns, rows);

    /// <summary>A new step begins.</summary>
    public virtual void Step(string text) => Console.WriteLine(Stamp(text));

    /// <summary>The nodes may have changed.</summary>
    public virtual void Refresh()
    {
    }

    /// <summary>No more updates; what was shown stays.</summary>
    public virtual Task FinishAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>The text behind the seconds since the start.</summary>
    protected string Stamp(string text) => $"{(DateTimeOffset.Now - _start).TotalSeconds,6:F1} s  {text}";
}
