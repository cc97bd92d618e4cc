namespace Chirps.Silo.Demo;

/// <summary>What the demo's table says of one node.</summary>
internal static class DemoRow
{
    public static readonly string[] Columns = ["node", "mesh", "alive", "suspect", "dead", "left", "control in", "ephemeral in", "health"];

    public static IEnumerable<string> Cells(DemoNode node)
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
