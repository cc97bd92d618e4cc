using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chirps.Silo.Demo;

/// <summary>A live table above the steps; its cells are markup.</summary>
internal sealed class DemoTable : DemoDisplay
{
    private readonly string[] _columns;
    private readonly Func<IEnumerable<IEnumerable<string>>> _rows;
    private readonly List<string> _steps = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _live;
    private LiveDisplayContext? _context;

    public DemoTable(string[] columns, Func<IEnumerable<IEnumerable<string>>> rows)
    {
        (_columns, _rows) = (columns, rows);
        _live = AnsiConsole.Live(Render()).StartAsync(context =>
        {
            _context = context;
            return _finished.Task;
        });
    }

    public override void Step(string text)
    {
        lock (_steps)
        {
            _steps.Add(Stamp(text));
        }

        Refresh();
    }

    public override void Refresh() => _context?.UpdateTarget(Render());

    public override async Task FinishAsync()
    {
        Refresh();
        _finished.TrySetResult();
        await _live;
    }

    public override void Dispose()
    {
        _finished.TrySetResult();
        base.Dispose();
    }

    private Rows Render()
    {
        var table = new Table().RoundedBorder().AddColumns(_columns);
        foreach (var column in table.Columns.Skip(2))
        {
            column.RightAligned();
        }

        foreach (var row in _rows())
        {
            table.AddRow([.. row.Select(cell => new Markup(cell))]);
        }

        lock (_steps)
        {
            return new Rows([table, .. _steps.Select(step => (IRenderable)new Text(step))]);
        }
    }
}
