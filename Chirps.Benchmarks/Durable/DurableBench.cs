using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Transport;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Benchmarks.Durable;

/// <summary>Durable messages: the log on disk against a bare loop of write and fdatasync.</summary>
internal static class DurableBench
{
    private const int Publishers = 64;

    public static async Task<int> RunAsync(bool quick)
    {
        Machine.Print();
        var directory = Path.Combine(Environment.CurrentDirectory, $"durable-{Guid.NewGuid():N}");
        try
        {
            await LogAsync(new LogCases(directory, quick), new GoalTable(), quick ? 3 : 5);
            return 0;
        }
        finally
        {
            DiskDirectory.Remove(directory);
        }
    }

    private static async Task LogAsync(LogCases cases, GoalTable table, int rounds)
    {
        table.Section($"Log, 1 KiB messages, median of {rounds} rounds taken in turn");
        var latencies = await Rounds.TakeTurns<Latency>([cases.BareLoop, cases.OnePublisher], rounds);
        var bare = Latency.Median(latencies[0]);
        var single = Latency.Median(latencies[1]);
        table.Figure("bare write + fdatasync, p50 / p99", $"{bare.P50:F0} / {bare.P99:F0} us");
        table.Figure("one publisher, fsync, p50 / p99", $"{single.P50:F0} / {single.P99:F0} us");
        table.AtMost("one publisher, p50 against the bare loop", single.P50 / bare.P50, 2, "times");

        var rates = await Rounds.TakeTurns<double>([() => Rate(cases.BareLoop), () => cases.ManyPublishers(Publishers)], rounds);
        var bareRate = Rounds.Median(rates[0]);
        var many = Rounds.Median(rates[1]);
        table.Figure("bare write + fdatasync", $"{bareRate:F0} messages/s");
        table.Figure($"{Publishers} publishers, fsync", $"{many:F0} messages/s");
        table.AtLeast($"{Publishers} publishers against the bare loop", many / bareRate, 20, "times");

        var batches = await Rounds.TakeTurns<double>([cases.Batches], rounds);
        table.AtLeast("batches without fsync, payload", Rounds.Median(batches[0]), 300, "MB/s");

        table.AtMost("recovery of 1 GiB, segments of 256 MiB", await cases.Recovery(new LogSettings().SegmentBytes), 3, "s");
        table.AtMost("recovery of 1 GiB, one segment", await cases.Recovery(2L << 30), 3, "s");
        table.Summary();
    }

    private static async Task<double> Rate(Func<Task<Latency>> loop) => 1e6 / (await loop()).P50;
}
