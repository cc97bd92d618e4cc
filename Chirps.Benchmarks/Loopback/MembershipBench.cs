using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Benchmarks.Loopback;

/// <summary>How long three nodes take to find each other, and two of them to find the third dead.</summary>
internal static class MembershipBench
{
    public static async Task RunAsync(string directory, int runs)
    {
        var joins = new List<double>();
        var detections = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var (join, detection) = await Once(directory);
            joins.Add(join);
            detections.Add(detection);
        }

        Console.WriteLine();
        Console.WriteLine($"Three nodes in one process, {runs} runs, milliseconds");
        Print("join: last socket open until all see all", joins);
        Print("crash: silent stop until both declare it dead", detections);
    }

    private static async Task<(double Join, double Detection)> Once(string directory)
    {
        await using var first = await BenchSilo.StartAsync(directory, "one");
        await using var second = await BenchSilo.StartAsync(directory, "two", first.Node.Membership.Self.Address.ToString());
        var third = await BenchSilo.StartAsync(directory, "three", first.Node.Membership.Self.Address.ToString());
        MeshNode[] nodes = [first.Node, second.Node, third.Node];
        await Until(nodes, view => view.Count(MemberStatus.Alive) == 3);
        var opened = nodes.Max(node => node.Membership.Since(node.Membership.Self));
        var seen = nodes.Max(node => node.Membership.Members.Max(node.Membership.Since));

        var stopped = DateTimeOffset.UtcNow;
        await third.Node.DisposeAsync();
        MeshNode[] survivors = [first.Node, second.Node];
        await Until(survivors, view => view.Count(MemberStatus.Dead) == 1);
        var dead = survivors.Max(node => node.Membership.Since(node.Membership.Members.First(member => member.Status == MemberStatus.Dead)));
        await third.DisposeAsync();
        return (Math.Max(0, (seen - opened).TotalMilliseconds), (dead - stopped).TotalMilliseconds);
    }

    private static async Task Until(IReadOnlyList<MeshNode> nodes, Func<MembershipView, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!nodes.All(node => condition(node.Membership)))
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    private static void Print(string name, List<double> values)
    {
        values.Sort();
        Console.WriteLine($"  {name,-48} median {values[values.Count / 2],7:F0}  most {values[^1],7:F0}");
    }
}
