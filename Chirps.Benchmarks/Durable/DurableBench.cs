using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Transport;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Benchmarks.Durable;

/// <summary>Durable messages of 1 KiB against a bare loop of write and fdatasync: the log by itself, then the whole path.</summary>
internal static class DurableBench
{
    private const int Publishers = 64;
    private const int LatencyTimesMax = 2;
    private const int RateTimesMin = 20;
    private const int MegabytesMin = 300;
    private const int RecoverySecondsMax = 3;
    private const int ReplayedPerSecondMin = 500_000;
    private const double MicrosecondsPerSecond = 1e6;

    public static async Task<int> RunAsync(bool quick)
    {
        Machine.Print();
        var directory = Path.Combine(Environment.CurrentDirectory, $"durable-{Guid.NewGuid():N}");
        var rounds = quick ? 3 : 5;
        try
        {
            var table = new GoalTable();
            var log = new LogCases(directory, quick);
            var server = new ServerCases(directory, quick);
            await LatencyAsync(table, log, server, rounds);
            await RateAsync(table, log, server, rounds);
            await BatchesAsync(table, log, server, rounds);
            await ReplayAsync(table, directory, quick ? 100_000 : 1_000_000, rounds);
            await RecoveryAsync(table, log);
            table.Summary();
            return 0;
        }
        finally
        {
            DiskDirectory.Remove(directory);
        }
    }

    private static async Task LatencyAsync(GoalTable table, LogCases log, ServerCases server, int rounds)
    {
        table.Section($"One publisher, fsync, 1 KiB, p50 / p99, median of {rounds} rounds taken in turn");
        var results = await Rounds.TakeTurns<Latency>([log.BareLoop, log.OnePublisher, server.OnePublisher], rounds);
        var (bare, logged, served) = (Latency.Median(results[0]), Latency.Median(results[1]), Latency.Median(results[2]));
        table.Figure("bare write + fdatasync", Text(bare));
        table.Figure("log", Text(logged));
        table.Figure("client and server over loopback TCP", Text(served));
        table.AtMost("log, p50 against the bare loop", logged.P50 / bare.P50, LatencyTimesMax, "times");
        table.AtMost("whole path, p50 against the bare loop", served.P50 / bare.P50, LatencyTimesMax, "times");
    }

    private static async Task RateAsync(GoalTable table, LogCases log, ServerCases server, int rounds)
    {
        table.Section($"{Publishers} publishers, fsync, 1 KiB, messages/s, median of {rounds} rounds taken in turn");
        var results = await Rounds.TakeTurns<double>([log.BareRate, () => log.ManyPublishers(Publishers), () => server.ManyPublishers(Publishers)], rounds);
        var (bare, logged, served) = (Rounds.Median(results[0]), Rounds.Median(results[1]), Rounds.Median(results[2]));
        table.Figure("bare write + fdatasync", $"{bare:F0}");
        table.Figure("log", $"{logged:F0}");
        table.Figure("client and server over loopback TCP", $"{served:F0}");
        table.AtLeast("log against the bare loop", logged / bare, RateTimesMin, "times");
        table.AtLeast("whole path against the bare loop", served / bare, RateTimesMin, "times");
    }

    private static async Task BatchesAsync(GoalTable table, LogCases log, ServerCases server, int rounds)
    {
        table.Section($"Batches of 1000 messages of 1 KiB without fsync, payload, median of {rounds} rounds taken in turn");
        var results = await Rounds.TakeTurns<double>([log.Batches, server.Batches], rounds);
        table.AtLeast("log", Rounds.Median(results[0]), MegabytesMin, "MB/s");
        table.AtLeast("whole path", Rounds.Median(results[1]), MegabytesMin, "MB/s");
    }

    private static async Task ReplayAsync(GoalTable table, string directory, int messages, int rounds)
    {
        table.Section($"Replay of {messages:N0} stored messages of 256 B to a callback, messages/s, median of {rounds} rounds taken in turn");
        await using var replay = await ReplayCases.StartAsync(directory, messages);
        var results = await Rounds.TakeTurns<double>([replay.Client, replay.Feed, replay.Stream], rounds);
        var (client, feed, stream) = (Rounds.Median(results[0]), Rounds.Median(results[1]), Rounds.Median(results[2]));
        table.AtLeast("through the client", client, ReplayedPerSecondMin, "/s");
        table.Figure("through the reader of streams", $"{feed:F0} /s");
        table.Figure($"through an Orleans stream ({typeof(Grain).Assembly.GetName().Name})", $"{stream:F0} /s");
        table.Figure("  of its time a message, poll and parse", $"{MicrosecondsPerSecond / client:F2} us");
        table.Figure("  an object with header and payload", $"{MicrosecondsPerSecond * ((1 / feed) - (1 / client)):F2} us");
        table.Figure("  Orleans: one awaited call, token, cursor", $"{MicrosecondsPerSecond * ((1 / stream) - (1 / feed)):F2} us");
    }

    private static async Task RecoveryAsync(GoalTable table, LogCases log)
    {
        table.Section("Opening 1 GiB of messages of 1 KiB after a crash");
        table.AtMost("segments of 256 MiB", await log.Recovery(new LogSettings().SegmentBytes), RecoverySecondsMax, "s");
        table.AtMost("one segment", await log.Recovery(2L << 30), RecoverySecondsMax, "s");
    }

    private static string Text(Latency latency) => $"{latency.P50:F0} / {latency.P99:F0} us";
}
