using System.Diagnostics;
using System.Globalization;
using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Transport;

namespace Chirps.Benchmarks.Raft;

/// <summary>Raft of the sample on three processes over the mesh, beside a bare loop of write and fsync in the same run.</summary>
internal static class RaftBench
{
    private const int Groups = 100;
    private const int EntryBytes = 1024;

    /// <summary>What the original Chirps reached with 100 groups, and how many times that is the goal.</summary>
    private const int OriginalCommits = 711;
    private const int TimesOriginal = 20;

    private const long SnapshotBytes = 256L << 20;
    private const int JitterTimesMax = 2;

    public static async Task<int> RunAsync(bool quick, params string[] sections)
    {
        Machine.Print();
        var table = new GoalTable();
        var root = Path.Combine(Environment.CurrentDirectory, $"raft-{Guid.NewGuid():N}");
        var seconds = quick ? 3 : 8;
        try
        {
            table.Section($"Bare loop of write and fsync, {EntryBytes} bytes");
            BareLoop(table, Path.Combine(root, "bare"), quick ? 500 : 2000);
            if (IsWanted("one"))
            {
                await OneGroupAsync(table, Path.Combine(root, "one"), seconds, kills: quick ? 3 : 5);
            }

            if (IsWanted("many"))
            {
                await ManyGroupsAsync(table, Path.Combine(root, "many"), seconds);
            }

            if (IsWanted("snapshot"))
            {
                await SnapshotAsync(table, Path.Combine(root, "snapshot"));
            }

            table.Summary();
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        bool IsWanted(string section) => sections.Length == 0 || sections.Contains(section);
    }

    private static void BareLoop(GoalTable table, string directory, int count)
    {
        Directory.CreateDirectory(directory);
        using var file = File.OpenHandle(Path.Combine(directory, "file"), FileMode.CreateNew, FileAccess.Write);
        var (bytes, ticks) = (new byte[EntryBytes], new long[count]);
        var watch = Stopwatch.StartNew();
        for (var index = 0; index < count; index++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)index * EntryBytes);
            RandomAccess.FlushToDisk(file);
            ticks[index] = Stopwatch.GetTimestamp() - start;
        }

        table.Figure("writes/s", $"{count / watch.Elapsed.TotalSeconds:F0}");
        table.Figure("one, p50 / p99", Text(Latency.Of(ticks)));
    }

    private static async Task OneGroupAsync(GoalTable table, string directory, int seconds, int kills)
    {
        table.Section($"One group, entries of {EntryBytes} bytes, three processes");
        using var cluster = await RaftBenchCluster.StartAsync(directory, groups: 1);
        await cluster.AskAllAsync("propose 16 1");
        var single = await cluster.ProposeAsync(1, seconds);
        var many = await cluster.ProposeAsync(512, seconds);
        table.Figure("one proposal at a time, p50 / p99", Text(single.Latency));
        table.Figure("commits/s, one at a time", $"{single.PerSecond:F0}");
        table.Figure("commits/s, 512 at a time", $"{many.PerSecond:F0}");
        table.Figure("of those, one proposal, p50 / p99", Text(many.Latency));
        var times = new List<double>();
        for (var kill = 0; kill < kills; kill++)
        {
            times.Add(await cluster.FailoverAsync());
        }

        times.Sort();
        table.Figure($"leader killed until another has committed, of {kills}", $"median {times[times.Count / 2]:F0} ms, longest {times[^1]:F0} ms");
    }

    private static async Task ManyGroupsAsync(GoalTable table, string directory, int seconds)
    {
        table.Section($"{Groups} groups, entries of {EntryBytes} bytes, three processes, each leading its share");
        using var cluster = await RaftBenchCluster.StartAsync(directory, Groups);
        await cluster.AskAllAsync("propose 16 2");
        var quiet = await cluster.ProposeAsync(1, seconds);
        var before = await cluster.SyncsAsync();
        var run = await cluster.ProposeAsync(32, seconds);
        var after = await cluster.SyncsAsync();
        table.Figure("one proposal at a time in each, commits/s", $"{quiet.PerSecond:F0}");
        table.Figure("of those, one proposal, p50 / p99", Text(quiet.Latency));
        table.AtLeast("32 at a time in each", run.PerSecond, OriginalCommits * TimesOriginal, "/s");
        table.Figure("of those, one proposal, p50 / p99", Text(run.Latency));
        table.Figure("writes of groups that one fsync covered", $"{(after.Requests - before.Requests) / Math.Max(1, after.Syncs - before.Syncs):F1}");
        table.Figure("fsyncs/s of a node", $"{(after.Syncs - before.Syncs) / seconds / RaftBenchNode.Names.Length:F0}");
    }

    private static async Task SnapshotAsync(GoalTable table, string directory)
    {
        table.Section($"Heartbeats while a snapshot of {SnapshotBytes >> 20} MiB is installed: distance from their period");
        using var cluster = await RaftBenchCluster.StartAsync(directory, groups: 10);
        var late = await cluster.KillFollowerAsync();
        await cluster.AskAllAsync($"fill {SnapshotBytes}");
        await cluster.AskAllAsync("snapshot");
        await Task.Delay(TimeSpan.FromSeconds(2));
        var idle = await ListenAsync(cluster, () => Task.Delay(TimeSpan.FromSeconds(10)));
        await cluster.ReturnAsync(late);
        var watch = Stopwatch.StartNew();
        var busy = await ListenAsync(cluster, () => cluster.AskAsync(late, "restored"));
        table.Figure("from the follower's return until it has the state", $"{watch.Elapsed.TotalSeconds:F1} s");
        table.Figure("idle, p50 / p99, longest pause", Text(idle));
        table.Figure("beside the snapshot, p50 / p99, longest pause", Text(busy));
        table.AtMost("p99 beside the snapshot against idle", busy.Latency.P99 / idle.Latency.P99, JitterTimesMax, "times");
    }

    /// <summary>The worst of the processes, over the time that something takes.</summary>
    private static async Task<(Latency Latency, double Longest)> ListenAsync(RaftBenchCluster cluster, Func<Task> something)
    {
        await cluster.AskAllAsync("listen");
        await something();
        var heard = (await cluster.AskAllAsync("heard")).Select(fields => fields.Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray()).Where(fields => fields[0] > 0).ToList();
        return (new Latency(heard.Max(fields => fields[1]), heard.Max(fields => fields[2])), heard.Max(fields => fields[3]));
    }

    private static string Text(Latency latency) => $"{latency.P50 / 1000:F2} / {latency.P99 / 1000:F2} ms";

    private static string Text((Latency Latency, double Longest) heard) => $"{Text(heard.Latency)}, {heard.Longest / 1000:F0} ms";
}
