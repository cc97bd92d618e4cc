namespace Chirps.Engine.Membership;

/// <summary>
/// The knobs of membership. Immutable; <see cref="Validate"/> says what does not fit together. The defaults are the
/// <c>lan</c> profile: with them a crash is declared at every survivor of a hundred in under three seconds.
/// </summary>
/// <remarks>
/// Where the time goes: the first probe of a crashed member starts 1.6 periods after the crash on average and 4.6 at the
/// 99th percentile; it fails at the end of its period; then the suspicion runs. The suspicion must leave a live member
/// time to hear of it and to refute, about three times what a fact needs to reach everybody (0.4 s for a hundred members
/// with the default gossip), so the period, not the suspicion, is what can be shortened.
/// </remarks>
public sealed record SwimSettings
{
    /// <summary>How often this node probes one member.</summary>
    /// <remarks>Shorter finds failures sooner and costs a round trip per period. Must be more than twice <see cref="RttTimeout"/>, so that helpers can answer within it.</remarks>
    /// <value>250 ms.</value>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a direct ping may take before helpers are asked.</summary>
    /// <remarks>Shorter leaves helpers more time; too short asks them for nothing.</remarks>
    /// <value>100 ms.</value>
    public TimeSpan RttTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many helpers are asked to ping a member that did not answer (k in SWIM, section 3.1).</summary>
    /// <remarks>More see through more loss between two nodes, and cost that many messages per failed probe.</remarks>
    /// <value>3.</value>
    public int IndirectProbes { get; init; } = 3;

    /// <summary>The shortest a suspicion lasts.</summary>
    /// <remarks>A pause of a live member that is shorter than this never kills it. Adds to the detection time in full.</remarks>
    /// <value>1.2 s.</value>
    public TimeSpan SuspicionFloor { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>A suspicion that is confirmed lasts this times log10(members) periods, or the floor.</summary>
    /// <remarks>Grows with the time a refutation needs to spread.</remarks>
    /// <value>2.4.</value>
    public double SuspicionMultiplier { get; init; } = 2.4;

    /// <summary>A suspicion that nobody confirms lasts this times longer (Lifeguard, section IV-B).</summary>
    /// <remarks>Higher protects better against an accuser that is itself slow.</remarks>
    /// <value>3.</value>
    public double SuspicionMaxMultiplier { get; init; } = 3;

    /// <summary>How many independent confirmations bring a suspicion down to its shortest.</summary>
    /// <value>2.</value>
    public int SuspicionConfirmations { get; init; } = 2;

    /// <summary>One more than the highest local health multiplier (Lifeguard, section IV-A).</summary>
    /// <value>8.</value>
    public int LocalHealthMax { get; init; } = 8;

    /// <summary>A fact is sent this times ceil(log10(members + 1)) times (SWIM, section 4.1).</summary>
    /// <remarks>More spreads surer and costs bytes.</remarks>
    /// <value>4.</value>
    public int RetransmitMultiplier { get; init; } = 4;

    /// <summary>How often queued facts are sent on their own, beside riding on probes.</summary>
    /// <remarks>Half of it, per hop, is what spreading takes.</remarks>
    /// <value>100 ms.</value>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>To how many members.</summary>
    /// <value>3.</value>
    public int GossipFanout { get; init; } = 3;

    /// <summary>How long a dead member is still told, so that one declared dead by mistake hears of it.</summary>
    /// <value>30 s.</value>
    public TimeSpan GossipToDead { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the whole table is exchanged with one member; longer in meshes of more than 32.</summary>
    /// <remarks>Repairs what gossip lost. Costs a table each way.</remarks>
    /// <value>10 s.</value>
    public TimeSpan AntiEntropyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a dead member is offered the table, so that the two sides of a healed partition find each other.</summary>
    /// <value>5 s.</value>
    public TimeSpan HealInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long dead and left members stay in the table.</summary>
    /// <remarks>Longer than any partition that is to heal by itself.</remarks>
    /// <value>10 minutes.</value>
    public TimeSpan TombstoneTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most members, dead ones included.</summary>
    /// <value>1,000.</value>
    public int MembersMax { get; init; } = 1000;

    /// <summary>Longest datagram. The carrier's budget: 1,178 is what fits a QUIC datagram in the smallest allowed packet with room to spare.</summary>
    /// <value>1,140.</value>
    public int DatagramBytesMax { get; init; } = 1140;

    /// <summary>The pause before seeds are asked again; doubles to <see cref="JoinRetryMax"/>, with jitter.</summary>
    /// <value>500 ms.</value>
    public TimeSpan JoinRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest such pause.</summary>
    /// <value>5 s.</value>
    public TimeSpan JoinRetryMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many members must have acknowledged a leave.</summary>
    /// <value>3.</value>
    public int LeaveAcks { get; init; } = 3;

    /// <summary>After how long a leave is over without them.</summary>
    /// <value>2 s.</value>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For nodes in one data centre.</summary>
    public static SwimSettings Lan { get; } = new();

    /// <summary>For nodes far apart: slower, more patient.</summary>
    public static SwimSettings Wan { get; } = new()
    {
        Period = TimeSpan.FromSeconds(2),
        RttTimeout = TimeSpan.FromMilliseconds(700),
        SuspicionFloor = TimeSpan.FromSeconds(8),
        GossipInterval = TimeSpan.FromMilliseconds(500),
        GossipFanout = 4,
        AntiEntropyInterval = TimeSpan.FromSeconds(30),
        JoinRetry = TimeSpan.FromSeconds(1),
        LeaveTimeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>For nodes on one machine: quicker.</summary>
    public static SwimSettings Local { get; } = new()
    {
        Period = TimeSpan.FromMilliseconds(150),
        RttTimeout = TimeSpan.FromMilliseconds(50),
        SuspicionFloor = TimeSpan.FromMilliseconds(700),
        GossipInterval = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>What does not fit, by the name of the setting; empty when all is well.</summary>
    public IReadOnlyList<(string Key, string Message)> Validate()
    {
        var problems = new List<(string, string)>();
        void Check(bool good, string key, string message)
        {
            if (!good)
            {
                problems.Add((key, message));
            }
        }

        Check(RttTimeout > TimeSpan.Zero, nameof(RttTimeout), "must be more than zero");
        Check(Period > RttTimeout * 2, nameof(Period), $"{Period} must be more than twice RttTimeout, {RttTimeout}");
        Check(IndirectProbes is >= 0 and <= 16, nameof(IndirectProbes), $"{IndirectProbes} is outside of 0 to 16");
        Check(SuspicionFloor >= Period, nameof(SuspicionFloor), $"{SuspicionFloor} must not be shorter than Period, {Period}");
        Check(SuspicionMultiplier is >= 0.1 and <= 100, nameof(SuspicionMultiplier), $"{SuspicionMultiplier} is outside of 0.1 to 100");
        Check(SuspicionMaxMultiplier is >= 1 and <= 100, nameof(SuspicionMaxMultiplier), $"{SuspicionMaxMultiplier} is outside of 1 to 100");
        Check(SuspicionConfirmations is >= 0 and <= 16, nameof(SuspicionConfirmations), $"{SuspicionConfirmations} is outside of 0 to 16");
        Check(LocalHealthMax is >= 1 and <= 64, nameof(LocalHealthMax), $"{LocalHealthMax} is outside of 1 to 64");
        Check(RetransmitMultiplier is >= 1 and <= 64, nameof(RetransmitMultiplier), $"{RetransmitMultiplier} is outside of 1 to 64");
        Check(GossipInterval > TimeSpan.Zero, nameof(GossipInterval), "must be more than zero");
        Check(GossipFanout is >= 1 and <= 64, nameof(GossipFanout), $"{GossipFanout} is outside of 1 to 64");
        Check(GossipToDead >= TimeSpan.Zero, nameof(GossipToDead), "must not be less than zero");
        Check(AntiEntropyInterval > TimeSpan.Zero, nameof(AntiEntropyInterval), "must be more than zero");
        Check(HealInterval > TimeSpan.Zero, nameof(HealInterval), "must be more than zero");
        Check(TombstoneTime > SuspicionFloor, nameof(TombstoneTime), $"{TombstoneTime} must be longer than SuspicionFloor, {SuspicionFloor}");
        Check(MembersMax is >= 1 and <= 10_000, nameof(MembersMax), $"{MembersMax} is outside of 1 to 10000");
        Check(DatagramBytesMax is >= 600 and <= 65_507, nameof(DatagramBytesMax), $"{DatagramBytesMax} is outside of 600 to 65507");
        Check(JoinRetry > TimeSpan.Zero, nameof(JoinRetry), "must be more than zero");
        Check(JoinRetryMax >= JoinRetry, nameof(JoinRetryMax), $"{JoinRetryMax} must not be shorter than JoinRetry, {JoinRetry}");
        Check(LeaveAcks is >= 0 and <= 64, nameof(LeaveAcks), $"{LeaveAcks} is outside of 0 to 64");
        Check(LeaveTimeout >= TimeSpan.Zero, nameof(LeaveTimeout), "must not be less than zero");
        return problems;
    }
}
