using Chirps.Engine.Membership;

namespace Chirps.Engine.State;

/// <summary>Every knob of the shared key-value state. Immutable; validated with <see cref="SwimSettings"/>.</summary>
public sealed record StateSettings
{
    /// <summary>The longest key in bytes of UTF-8; the wire format allows no more.</summary>
    public const int KeyBytesMax = 255;

    /// <summary>What a key costs in the quotas besides its own bytes and its value's: about what the holder spends on it.</summary>
    public const int KeyOverheadBytes = 32;

    /// <summary>The longest value.</summary>
    /// <remarks>A value that does not fit a datagram needs the shell's streams to travel, see <c>SwimEngine.TryDequeueTransfer</c>.</remarks>
    /// <value>65,536 bytes by default.</value>
    public int ValueBytesMax { get; init; } = 65_536;

    /// <summary>What the key-values of one node may take, deleted keys included until they are forgotten.</summary>
    /// <remarks>For the node's own writes and for what it accepts of others; must be the same on all nodes, or the larger states do not reach the stricter nodes.</remarks>
    /// <value>1 MiB by default.</value>
    public int NodeBytesMax { get; init; } = 1 << 20;

    /// <summary>What the key-values of all nodes together may take here; what exceeds it is not accepted and counted.</summary>
    /// <value>256 MiB by default.</value>
    public long TotalBytesMax { get; init; } = 256L << 20;

    /// <summary>How often this node compares its state with one random member while nothing changes.</summary>
    /// <remarks>Repairs what the quick rounds after a change missed. A comparison costs one datagram of about 330 bytes when nothing differs.</remarks>
    /// <value>One second by default.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>With how many random members the state is compared every gossip interval for some rounds after a change.</summary>
    /// <remarks>More is faster and costs a datagram each, and the answers (chitchat: 3).</remarks>
    /// <value>3 by default.</value>
    public int Fanout { get; init; } = 3;

    /// <summary>How many datagrams answer one digest at most; what is left waits for the next comparison or goes over a stream.</summary>
    /// <value>4 by default.</value>
    public int DatagramsPerAnswer { get; init; } = 4;

    /// <summary>The most bytes of one transfer handed to the shell for a stream.</summary>
    /// <value>262,144 bytes by default; at least what one key may take.</value>
    public int TransferBytesMax { get; init; } = 262_144;

    /// <summary>Transfers that may wait to be taken; further ones are dropped and counted.</summary>
    /// <value>8 by default.</value>
    public int TransfersMax { get; init; } = 8;

    /// <summary>How long a deleted key is remembered, and a key marked to go stays, by each holder's own clock.</summary>
    /// <remarks>A node that was away longer gets the states it holds reset instead of the single deletions. Longer costs memory for deleted keys (chitchat: 2 h; Quickwit runs 15 min).</remarks>
    /// <value>15 minutes by default.</value>
    public TimeSpan KeyGrace { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the key-values of a dead or left node are kept; after half of it they are no longer passed on.</summary>
    /// <remarks>Half of it must be much longer than the detection of a failure.</remarks>
    /// <value>30 minutes by default.</value>
    public TimeSpan DeadGrace { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Changes that may wait to be taken; the oldest are overwritten, which leaves a gap in the numbers.</summary>
    /// <value>16,384 by default.</value>
    public int ChangesMax { get; init; } = 16_384;

    /// <summary>Which state makes a node ready; <see langword="null"/> makes every present node ready.</summary>
    /// <remarks>Called by the engine's owner after each change of a node's key-values; must be quick and must not throw.</remarks>
    /// <value>None by default.</value>
    public Func<NodeStateView, bool>? IsReady { get; init; }

    internal void Validate(List<SettingProblem> problems)
    {
        Within(problems, nameof(ValueBytesMax), ValueBytesMax, 1, 1 << 20);
        Within(problems, nameof(NodeBytesMax), NodeBytesMax, 1_024, 64 << 20);
        Within(problems, nameof(TotalBytesMax), TotalBytesMax, NodeBytesMax, 1L << 40);
        Within(problems, nameof(Fanout), Fanout, 1, 16);
        Within(problems, nameof(DatagramsPerAnswer), DatagramsPerAnswer, 1, 64);
        Within(problems, nameof(TransferBytesMax), TransferBytesMax, ValueBytesMax + 1_024, 16 << 20);
        Within(problems, nameof(TransfersMax), TransfersMax, 1, 1_024);
        Within(problems, nameof(ChangesMax), ChangesMax, 1, 10_000_000);
        Within(problems, nameof(Interval), Interval);
        Within(problems, nameof(KeyGrace), KeyGrace);
        Within(problems, nameof(DeadGrace), DeadGrace);
    }

    private static void Within(List<SettingProblem> problems, string key, long value, long min, long max)
    {
        if (value < min || value > max)
        {
            problems.Add(new SettingProblem($"State.{key}", $"State.{key} must be from {min} to {max}."));
        }
    }

    private static void Within(List<SettingProblem> problems, string key, TimeSpan value)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > TimeSpan.FromDays(30))
        {
            problems.Add(new SettingProblem($"State.{key}", $"State.{key} must be from one millisecond to 30 days."));
        }
    }
}
