using System.Diagnostics;

namespace Chirps.Benchmarks.Loopback;

/// <summary>Percentiles of one round of latencies, in microseconds.</summary>
internal readonly record struct Latency(double P50, double P99)
{
    public static Latency Of(long[] ticks)
    {
        Array.Sort(ticks);
        return new Latency(Microseconds(ticks[ticks.Length / 2]), Microseconds(ticks[(int)(ticks.Length * 0.99)]));
    }

    /// <summary>The median of several rounds, of each percentile by itself.</summary>
    public static Latency Median(IReadOnlyList<Latency> rounds)
        => new(Rounds.Median(rounds.Select(round => round.P50)), Rounds.Median(rounds.Select(round => round.P99)));

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}

/// <summary>Messages per second of one run, and what they cost in managed memory.</summary>
internal readonly record struct Throughput(double PerSecond, double BytesPerMessage, string Note = "")
{
    public static Throughput Best(IReadOnlyList<Throughput> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);
}
