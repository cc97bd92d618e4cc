using Chirps.Engine.Time;
using Chirps.Simulation;

namespace Chirps.Tests.Raft;

/// <summary>Which faults a run has: each kind is in or out by chance, because faults that are always together hide each other.</summary>
internal sealed record RaftFaults(SimLink Link, bool Crashes, bool Pauses, bool Partitions, bool Changes, bool SlowDisks)
{
    public static RaftFaults Draw(SeededRandom random) => new(
        SimLink.Healthy with
        {
            Loss = Coin(random) ? random.NextDouble() * 0.2 : 0,
            Jitter = TimeSpan.FromMilliseconds(Coin(random) ? 2 + random.Next(60) : 2),
            Duplication = Coin(random) ? random.NextDouble() * 0.2 : 0,
        },
        Coin(random),
        Coin(random),
        Coin(random),
        Coin(random),
        Coin(random));

    private static bool Coin(SeededRandom random) => random.Next(2) == 0;
}
