using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Transport;
using Chirps.Engine.Membership;
using Chirps.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Benchmarks.Membership;

/// <summary>Many nodes in this process over QUIC on loopback: what they cost, and how soon five that stop are missed.</summary>
internal static class RealNodes
{
    private const int Crashes = 5;

    private static readonly TimeSpan _steady = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(GoalTable table, int count)
    {
        table.Section($"{count} nodes in one process over QUIC on loopback");
        var directory = Directory.CreateTempSubdirectory("chirps-bench-").FullName;
        using var process = Process.GetCurrentProcess();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        GC.Collect();
        process.Refresh();
        var memory = process.WorkingSet64;
        var nodes = new List<MeshNode>();
        try
        {
            var watch = Stopwatch.StartNew();
            for (var index = 0; index < count; index++)
            {
                var options = BenchSilo.Options(directory, $"node-{index}", nodes.Take(1).Select(node => node.Membership.Self.Address.ToString()).ToArray());
                nodes.Add(await MeshNode.StartAsync(options, services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None));
            }

            await Until(nodes, view => view.Count(MemberStatus.Alive) == count);
            table.Figure("all started and known to all", $"{watch.Elapsed.TotalSeconds:F1} s");

            // Each has a connection to each after a round of probes.
            await Task.Delay(_steady);
            process.Refresh();
            var cpu = process.TotalProcessorTime;
            watch.Restart();
            await Task.Delay(_steady);
            process.Refresh();
            table.Figure("CPU of each node, of one core", $"{(process.TotalProcessorTime - cpu).TotalMilliseconds / watch.Elapsed.TotalMilliseconds / count * 100:F2} %");
            table.Figure("memory of each node, its connections included", $"{(process.WorkingSet64 - memory) / 1048576.0 / count:F1} MiB");
            table.Figure("connections of each node", $"{nodes.Average(node => node.Report().Connections):F0}");

            var victims = nodes[^Crashes..];
            nodes.RemoveRange(count - Crashes, Crashes);
            var stopped = DateTimeOffset.UtcNow;
            await Task.WhenAll(victims.Select(victim => Task.Run(async () => await victim.DisposeAsync())));
            await Until(nodes, view => view.Count(MemberStatus.Dead) >= Crashes);
            var gone = victims.Select(victim => victim.Membership.Self.Id).ToHashSet();
            var last = nodes.Max(node => node.Membership.Members.Where(member => gone.Contains(member.Id)).Max(node.Membership.Since));
            table.AtMost($"{Crashes} stop at once: declared dead by all others", (last - stopped).TotalSeconds, 3, "s");
            table.AtMost("others declared dead meanwhile", nodes.Max(node => node.Membership.Count(MemberStatus.Dead)) - Crashes, 0, "nodes");
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => Task.Run(async () => await node.DisposeAsync())));
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Until(IReadOnlyList<MeshNode> nodes, Func<MembershipView, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!nodes.All(node => condition(node.Membership)))
        {
            await Task.Delay(20, timeout.Token);
        }
    }
}
