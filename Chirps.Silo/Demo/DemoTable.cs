using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chirps.Silo.Demo;

/// <summary>A live table: each row is what one node sees.</summary>
internal sealed class DemoTable : DemoDisplay
{
    private readonly IReadOnlyList<DemoNode> _nodes;
    private readonly List<string> _steps = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _live;
    private LiveDisplayContext? _context;

    public DemoTable(IReadOnlyList<DemoNode> nodes)
    {
        _nodes = nodes;
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
        var table = new Table().RoundedBorder().AddColumns("node", "mesh", "alive", "suspect", "dead", "left", "control in", "ephemeral in", "health");
        foreach (var column in table.Columns.Skip(2))
        {
            column.RightAligned();
        }

        foreach (var node in _nodes)
        {
            table.AddRow([.. Cells(node).Select(cell => new Markup(cell))]);
        }

        lock (_steps)
        {
            return new Rows([table, .. _steps.Select(step => (IRenderable)new Text(step))]);
        }
    }

    private static IEnumerable<string> Cells(DemoNode node)
    {
        if (node.Seen?.Status is not { } status)
        {
            return [node.Name, node.IsRunning ? "[grey]starting[/]" : "[grey]not running[/]", "", "", "", "", "", "", ""];
        }

        return
        [
            status.Self.State == MemberState.Left ? $"[grey]{node.Name} (left)[/]" : node.Name,
            node.Mesh,
            $"[green]{status.Alive}[/]",
            status.Suspect > 0 ? $"[yellow]{status.Suspect} ?[/]" : "0",
            status.Dead > 0 ? $"[red]{status.Dead} x[/]" : "0",
            $"{status.Left}",
            $"{Count(node, MessageProfile.Control):N0}",
            $"{Count(node, MessageProfile.Ephemeral):N0}",
            status.LocalHealth == 0 ? "good" : $"[yellow]{status.LocalHealth}[/]",
        ];
    }

    private static long Count(DemoNode node, MessageProfile profile)
        => node.Counts.Where(count => count.Profile == profile).Sum(count => count.Count);
}
