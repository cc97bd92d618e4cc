using Chirps.Engine.Detection;
using Chirps.Engine.State;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>Every knob of <see cref="SwimEngine"/>. Immutable; <see cref="Validate"/> it before use.</summary>
/// <remarks>
/// How the <see cref="Lan"/> values belong together. A crash is declared dead everywhere after: the first probe of the victim (with n
/// members about one probe of it starts per period, so the wait is exponential with mean one period), the period of that probe,
/// the suspicion, and about half a second of gossip. Only the first term has a long tail, so the period is short and the
/// suspicion gets the rest. At 100 members a rumour reaches everybody in 0.3 to 0.5 s (fanout 3 every 100 ms, and piggyback); a live
/// suspect must hear the suspicion and its refutation must come back, so the floor of the suspicion is one second: it grows with
/// log n from 100 members on. A suspicion raised by one accuser alone lasts three times the floor; three confirmations, which a real
/// crash produces within a period or two because the members asked to probe go on to probe for themselves, bring it to the floor.
/// A false suspicion, caused by lost datagrams between a few members, gets no confirmations and so has three seconds to be refuted.
/// </remarks>
public sealed record SwimSettings
{
    /// <summary>Values for one data centre: a crash is declared dead by everybody in well under three seconds.</summary>
    public static SwimSettings Lan { get; } = new();

    /// <summary>Values for members on several continents: round trips up to half a second, rare bursts of loss.</summary>
    public static SwimSettings Wan { get; } = new()
    {
        Period = TimeSpan.FromSeconds(2),
        RttTimeout = TimeSpan.FromMilliseconds(800),
        RttTimeoutMin = TimeSpan.FromMilliseconds(200),
        SuspicionMin = TimeSpan.FromSeconds(6),
        GossipInterval = TimeSpan.FromMilliseconds(500),
        GossipFanout = 4,
        GossipToDead = TimeSpan.FromSeconds(60),
        AntiEntropyInterval = TimeSpan.FromSeconds(30),
        HealInterval = TimeSpan.FromSeconds(5),
        JoinRetry = TimeSpan.FromSeconds(1),
        JoinRetryMax = TimeSpan.FromSeconds(10),
        LeaveRetry = TimeSpan.FromSeconds(1),
        LeaveTimeout = TimeSpan.FromSeconds(6),
    };

    /// <summary>Values for members on one machine: demos and tests.</summary>
    public static SwimSettings Local { get; } = new()
    {
        RttTimeout = TimeSpan.FromMilliseconds(60),
        RttTimeoutMin = TimeSpan.FromMilliseconds(30),
        IndirectProbes = 1,
        SuspicionMin = TimeSpan.FromMilliseconds(600),
        SuspicionConfirmations = 1,
        GossipInterval = TimeSpan.FromMilliseconds(50),
        AntiEntropyInterval = TimeSpan.FromSeconds(5),
        LeaveTimeout = TimeSpan.FromSeconds(1),
    };

    /// <summary>How often this node probes one member.</summary>
    /// <remarks>Shorter finds failures sooner and costs a round trip per period. Must leave room after <see cref="RttTimeout"/> for the indirect probe and its nack. Stretched by local health (Lifeguard).</remarks>
    /// <value>200 ms by default.</value>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a direct answer may take at most before others are asked to probe too.</summary>
    /// <remarks>Above the usual round trip with its jitter, and at most 60 % of <see cref="Period"/>. Stretched by local health.</remarks>
    /// <value>80 ms by default.</value>
    public TimeSpan RttTimeout { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>The shortest wait for a direct answer, however short the round trips measured.</summary>
    /// <remarks>Each member is waited for as long as its answers usually take (RFC 6298), between this and <see cref="RttTimeout"/>. Shorter asks helpers sooner and more often in vain.</remarks>
    /// <value>40 ms by default.</value>
    public TimeSpan RttTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>k: how many members are asked to probe a member that did not answer (SWIM paper, section 3.1).</summary>
    /// <remarks>With 10 % loss three of them leave a live member unanswered once in about 130 probes; zero turns indirect probes off.</remarks>
    /// <value>3 by default, at most 8.</value>
    public int IndirectProbes { get; init; } = 3;

    /// <summary>Share of its own waiting time after which an asked member reports that it got no answer.</summary>
    /// <remarks>Lifeguard paper: early enough that the report arrives before the asker's period ends. The waiting time is what is left of the period after <see cref="RttTimeout"/>.</remarks>
    /// <value>0.8 by default.</value>
    public double NackShare { get; init; } = 0.8;

    /// <summary>How many probes for others may run at once; further requests are refused and counted.</summary>
    /// <value>64 by default.</value>
    public int HelpedProbesMax { get; init; } = 64;

    /// <summary>S: local health is counted from 0 to S-1 (Lifeguard paper).</summary>
    /// <value>8 by default; 1 turns it off.</value>
    public int LocalHealthMax { get; init; } = 8;

    /// <summary>Shortest suspicion in units of <c>max(1, log10 n) * Period</c>.</summary>
    /// <remarks>memberlist's formula. Its default is 4 with periods of a second; here <see cref="SuspicionMin"/> rules small clusters and this factor takes over from about 100 members on.</remarks>
    /// <value>2.5 by default.</value>
    public double SuspicionMultiplier { get; init; } = 2.5;

    /// <summary>Shortest suspicion whatever the cluster's size.</summary>
    /// <remarks>About three times what a rumour takes to reach everybody: the suspicion must reach the suspect and its refutation must come back, with a reserve for losses.</remarks>
    /// <value>One second by default.</value>
    public TimeSpan SuspicionMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest suspicion, when nobody confirms it, as a multiple of the shortest (Lifeguard paper).</summary>
    /// <value>3 by default.</value>
    public double SuspicionMaxMultiplier { get; init; } = 3;

    /// <summary>K: how many independent confirmations bring a suspicion from the longest to the shortest.</summary>
    /// <remarks>memberlist takes the multiplier less two; the two are separate here because the multiplier counts short periods. With fewer members able to confirm the shortest duration applies at once.</remarks>
    /// <value>3 by default.</value>
    public int SuspicionConfirmations { get; init; } = 3;

    /// <summary>How often an update is sent, in units of <c>ceil(log10(n+1))</c> (SWIM paper, section 4.1; memberlist's formula).</summary>
    /// <value>4 by default.</value>
    public int RetransmitMultiplier { get; init; } = 4;

    /// <summary>How often queued updates are gossiped besides riding on probes.</summary>
    /// <value>100 ms by default.</value>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>To how many random members each time; one more from 100 members on, two from 1,000 on.</summary>
    /// <value>3 by default.</value>
    public int GossipFanout { get; init; } = 3;

    /// <summary>How long a member is still gossiped to after it was declared dead.</summary>
    /// <remarks>Its only chance in this channel to hear of its death if it lives.</remarks>
    /// <value>30 seconds by default.</value>
    public TimeSpan GossipToDead { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Updates the gossip queue holds at least; the limit is the larger of this and twice the members.</summary>
    /// <value>64 by default.</value>
    public int GossipQueueMin { get; init; } = 64;

    /// <summary>Whether a table that takes more than 16 datagrams is handed to the shell for a stream.</summary>
    /// <remarks>Saves joiners of large clusters the loss of single datagrams. Only for a shell that carries transfers.</remarks>
    /// <value>False by default.</value>
    public bool LargeTablesOnStreams { get; init; }

    /// <summary>How often the table is compared with one random member's; stretched by <c>ceil(log2 n - 5) + 1</c> above 32 members (memberlist's push/pull scale).</summary>
    /// <remarks>Repairs what gossip lost. Costs one datagram of about 330 bytes when both agree, else the facts in the buckets of names that differ.</remarks>
    /// <value>10 seconds by default.</value>
    public TimeSpan AntiEntropyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a dead member, or a seed that is no member, may be tried again so that a healed partition is noticed.</summary>
    /// <remarks>A dead member is tried with probability dead / (live + 1) each time, as chitchat does.</remarks>
    /// <value>One second by default.</value>
    public TimeSpan HealInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the dead and the left are remembered in the table, and again as long as tombstones after that.</summary>
    /// <remarks>Must outlast the longest partition that shall heal without a seed.</remarks>
    /// <value>One hour by default.</value>
    public TimeSpan TombstoneTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Tombstones outside the table; the oldest makes room.</summary>
    /// <value>512 by default.</value>
    public int TombstonesMax { get; init; } = 512;

    /// <summary>Members the table holds, this node and the dead included; further ones are refused and counted.</summary>
    /// <value>1,000 by default.</value>
    public int MembersMax { get; init; } = 1000;

    /// <summary>The largest datagram that is sent.</summary>
    /// <remarks>1178 fits the datagram frame of a QUIC connection at the minimum MTU.</remarks>
    /// <value>1178 bytes by default, at least 600.</value>
    public int DatagramBytesMax { get; init; } = 1178;

    /// <summary>Datagrams that may wait to be taken, for each urgency; further ones are dropped and counted.</summary>
    /// <value>1,024 by default.</value>
    public int OutboxMax { get; init; } = 1024;

    /// <summary>Events that may wait to be taken; the oldest are overwritten, which leaves a gap in the versions.</summary>
    /// <value>4,096 by default.</value>
    public int EventsMax { get; init; } = 4096;

    /// <summary>Probe reports that may wait to be taken; the oldest are overwritten.</summary>
    /// <value>256 by default.</value>
    public int ProbeReportsMax { get; init; } = 256;

    /// <summary>How long to wait for a seed's answer before the first retry; doubles each time, plus up to half of it at random.</summary>
    /// <value>500 ms by default.</value>
    public TimeSpan JoinRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Where the doubling of <see cref="JoinRetry"/> ends.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan JoinRetryMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many members must have acknowledged a leave before the process may end although others do not answer; fewer when there are fewer.</summary>
    /// <value>3 by default.</value>
    public int LeaveAcks { get; init; } = 3;

    /// <summary>How often the leave is announced again to members that have not acknowledged it.</summary>
    /// <value>200 ms by default.</value>
    public TimeSpan LeaveRetry { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After how long the node may go without acknowledgements.</summary>
    /// <value>2 seconds by default.</value>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Who decides that a member should be suspected.</summary>
    /// <remarks>Probes cost the same however many members there are; heartbeats adapt to slow networks without tuning. Must be the same on all nodes.</remarks>
    /// <value>Probes by default.</value>
    public DetectorKind Detector { get; init; } = DetectorKind.Swim;

    /// <summary>From how many mean intervals without a heartbeat on the phi detector suspects.</summary>
    /// <remarks>chitchat's scale: 8 is once in 3,000 intervals by chance. Lower detects sooner and suspects more often in vain.</remarks>
    /// <value>8 by default.</value>
    public double PhiThreshold { get; init; } = 8;

    /// <summary>A pause of a member that the phi detector does not count.</summary>
    /// <remarks>Covers garbage collections and brief overload (Akka); adds to the detection time.</remarks>
    /// <value>500 ms by default.</value>
    public TimeSpan PhiAcceptablePause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The knobs of the shared key-value state.</summary>
    public StateSettings State { get; init; } = new();

    /// <summary>Checks every rule.</summary>
    /// <returns>The rules broken; empty when the settings can be used.</returns>
    public IReadOnlyList<SettingProblem> Validate()
    {
        var problems = new List<SettingProblem>();
        Positive(problems, nameof(Period), Period);
        Positive(problems, nameof(RttTimeout), RttTimeout);
        Positive(problems, nameof(SuspicionMin), SuspicionMin);
        Positive(problems, nameof(GossipInterval), GossipInterval);
        Positive(problems, nameof(GossipToDead), GossipToDead);
        Positive(problems, nameof(AntiEntropyInterval), AntiEntropyInterval);
        Positive(problems, nameof(HealInterval), HealInterval);
        Positive(problems, nameof(TombstoneTime), TombstoneTime);
        Positive(problems, nameof(JoinRetry), JoinRetry);
        Positive(problems, nameof(LeaveRetry), LeaveRetry);
        Positive(problems, nameof(LeaveTimeout), LeaveTimeout);
        Require(problems, RttTimeout <= Period * 0.6, nameof(RttTimeout), "must be at most 60 % of Period, so that an indirect probe and its nack fit");
        Positive(problems, nameof(RttTimeoutMin), RttTimeoutMin);
        Require(problems, RttTimeoutMin <= RttTimeout, nameof(RttTimeoutMin), "must be at most RttTimeout");
        Require(problems, JoinRetryMax >= JoinRetry, nameof(JoinRetryMax), "must be at least JoinRetry");
        Require(problems, NackShare is > 0 and <= 0.9, nameof(NackShare), "must be above 0 and at most 0.9, so that the nack arrives in time");
        Require(problems, SuspicionMultiplier is > 0 and <= 100, nameof(SuspicionMultiplier), "must be above 0 and at most 100");
        Require(problems, SuspicionMaxMultiplier is >= 1 and <= 100, nameof(SuspicionMaxMultiplier), "must be from 1 to 100");
        Within(problems, nameof(IndirectProbes), IndirectProbes, 0, 8);
        Within(problems, nameof(HelpedProbesMax), HelpedProbesMax, 1, 10_000);
        Within(problems, nameof(LocalHealthMax), LocalHealthMax, 1, 64);
        Within(problems, nameof(SuspicionConfirmations), SuspicionConfirmations, 0, 16);
        Within(problems, nameof(RetransmitMultiplier), RetransmitMultiplier, 1, 100);
        Within(problems, nameof(GossipFanout), GossipFanout, 1, 16);
        Within(problems, nameof(GossipQueueMin), GossipQueueMin, 1, 100_000);
        Within(problems, nameof(TombstonesMax), TombstonesMax, 1, 100_000);
        Within(problems, nameof(MembersMax), MembersMax, 1, 10_000);
        Within(problems, nameof(DatagramBytesMax), DatagramBytesMax, 600, SwimCodec.DatagramBytesMax);
        Within(problems, nameof(OutboxMax), OutboxMax, 16, 1_000_000);
        Within(problems, nameof(EventsMax), EventsMax, 1, 1_000_000);
        Within(problems, nameof(ProbeReportsMax), ProbeReportsMax, 1, 1_000_000);
        Within(problems, nameof(LeaveAcks), LeaveAcks, 1, 16);
        Positive(problems, nameof(PhiAcceptablePause), PhiAcceptablePause);
        Require(problems, PhiThreshold is >= 1 and <= 1_000, nameof(PhiThreshold), "must be from 1 to 1000");
        State.Validate(problems);
        return problems;
    }

    private static void Positive(List<SettingProblem> problems, string key, TimeSpan value) =>
        Require(problems, value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(30), key, "must be from one millisecond to 30 days");

    private static void Within(List<SettingProblem> problems, string key, int value, int min, int max) =>
        Require(problems, value >= min && value <= max, key, $"must be from {min} to {max}");

    private static void Require(List<SettingProblem> problems, bool holds, string key, string message)
    {
        if (!holds)
        {
            problems.Add(new SettingProblem(key, $"{key} {message}."));
        }
    }
}
