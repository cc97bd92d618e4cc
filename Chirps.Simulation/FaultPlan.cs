using Chirps.Engine.Time;

namespace Chirps.Simulation;

/// <summary>Which faults a run has, drawn once: each kind is in or out by chance, because faults that are always together hide each other.</summary>
public sealed record FaultPlan
{
    /// <summary>No faults.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>How links behave while faults are on.</summary>
    public SimLink Link { get; init; } = SimLink.Healthy;

    /// <summary>Seconds between crashes of a random node, each restarted some seconds later; zero for none.</summary>
    public int CrashEverySeconds { get; init; }

    /// <summary>Seconds between pauses of a random process; zero for none.</summary>
    public int PauseEverySeconds { get; init; }

    /// <summary>Seconds between partitions, each healed some seconds later; zero for none.</summary>
    public int PartitionEverySeconds { get; init; }

    /// <summary>Whether partitions cut one direction only.</summary>
    public bool OneWay { get; init; }

    /// <summary>How many nodes lose more datagrams than the rest.</summary>
    public int LossyNodes { get; init; }

    /// <summary>Draws a random subset of faults.</summary>
    /// <param name="seed">The seed.</param>
    /// <returns>The plan.</returns>
    public static FaultPlan Swarm(ulong seed)
    {
        var random = new SeededRandom(seed).Split("faults");
        return new FaultPlan
        {
            Link = SimLink.Healthy with
            {
                Loss = Coin(random) ? random.NextDouble() * 0.3 : 0,
                Jitter = Coin(random) ? TimeSpan.FromMilliseconds(random.Next(80) + 2) : SimLink.Healthy.Jitter,
                Duplication = Coin(random) ? random.NextDouble() * 0.3 : 0,
            },
            CrashEverySeconds = Coin(random) ? 3 + random.Next(8) : 0,
            PauseEverySeconds = Coin(random) ? 3 + random.Next(8) : 0,
            PartitionEverySeconds = Coin(random) ? 5 + random.Next(10) : 0,
            OneWay = Coin(random),
            LossyNodes = Coin(random) ? 1 : 0,
        };
    }

    private static bool Coin(SeededRandom random) => random.Next(2) == 0;
}
