using Chirps.Engine.Time;
using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>What a leader has just done, which a fault may aim at.</summary>
internal enum LeaderMoment
{
    None,
    Elected,
    Appended,
    ChangedVoters,

    /// <summary>It has committed for the first time since it was elected.</summary>
    CommittedFirst,
}

/// <summary>
/// How large a run is, and which faults it has: each kind is in or out by chance, because faults that are always together hide each other (Groce and
/// others, "Swarm Testing", 2012).
/// </summary>
internal sealed record RaftFaults
{
    public required SimLink Link { get; init; }

    /// <summary>Share of the messages that arrive up to a second later, in another term maybe.</summary>
    public double Late { get; init; }

    public bool Crashes { get; init; }

    public bool Pauses { get; init; }

    public bool Partitions { get; init; }

    public bool Changes { get; init; }

    /// <summary>Changes of voters that a leader is asked for as soon as it is one.</summary>
    public bool EagerChanges { get; init; }

    /// <summary>Syncs that take long, of one disk for a while.</summary>
    public bool SlowDisks { get; init; }

    /// <summary>Messages to one node that take long, for a while.</summary>
    public bool SlowLinks { get; init; }

    /// <summary>Snapshots that arrive damaged.</summary>
    public bool BadSnapshots { get; init; }

    /// <summary>How likely a leader meets a fault at each <see cref="LeaderMoment"/>.</summary>
    public IReadOnlyDictionary<LeaderMoment, double> Aims { get; init; } = new Dictionary<LeaderMoment, double>();

    /// <summary>How soon after that moment, at most.</summary>
    public TimeSpan AimWithin { get; init; }

    public int Nodes { get; init; } = 3;

    /// <summary>How many of the nodes vote at first.</summary>
    public int Voters { get; init; } = 3;

    public RaftSettings Settings { get; init; } = new();

    /// <summary>After how many applied entries a replica stores a snapshot.</summary>
    public ulong CompactEvery { get; init; } = 25;

    /// <summary>How many entries stay before a snapshot.</summary>
    public int Kept { get; init; } = 5;

    public static RaftFaults Draw(SeededRandom random)
    {
        var nodes = random.Pick<int>([3, 4, 4, 5]);
        var changes = Coin(random);
        var hunt = random.Next(3) > 0 ? 1.0 : 0;
        return new RaftFaults
        {
            Link = SimLink.Healthy with
            {
                Loss = Coin(random) ? random.NextDouble() * 0.2 : 0,
                Jitter = TimeSpan.FromMilliseconds(Coin(random) ? 2 + random.Next(60) : 2),
                Duplication = Coin(random) ? random.NextDouble() * 0.2 : 0,
            },
            Late = Coin(random) ? 0.05 : 0,
            Crashes = Coin(random),
            Pauses = Coin(random),
            Partitions = Coin(random),
            Changes = changes,
            EagerChanges = changes && random.Next(3) > 0,
            SlowDisks = Coin(random),
            SlowLinks = Coin(random),
            BadSnapshots = Coin(random),
            Aims = new Dictionary<LeaderMoment, double>
            {
                [LeaderMoment.Elected] = hunt * random.Next(3) / 2,
                [LeaderMoment.Appended] = hunt * random.Next(2) / 20,
                [LeaderMoment.ChangedVoters] = hunt * random.Next(3) / 2,
                [LeaderMoment.CommittedFirst] = hunt * random.Next(3) / 2,
            },
            AimWithin = TimeSpan.FromMilliseconds(random.Pick<int>([0, 0, 0, 3, 30])),
            Nodes = nodes,
            Voters = changes && Coin(random) ? nodes / 2 * 2 : nodes,
            Settings = new RaftSettings
            {
                Heartbeat = TimeSpan.FromMilliseconds(60),
                Election = TimeSpan.FromMilliseconds(random.Pick<int>([150, 150, 300])),
                SnapshotRetry = TimeSpan.FromMilliseconds(random.Pick<int>([100, 1000])),
                AppendBytes = random.Pick<int>([-1, -1, 200]), // one entry in each message, even if it is empty; or several
                InFlight = random.Pick<int>([1, 4]),
            },
            CompactEvery = random.Pick<ulong>([5, 25, 1000]),
            Kept = random.Pick<int>([0, 5]),
        };
    }

    private static bool Coin(SeededRandom random) => random.Next(2) == 0;
}
