using Chirps.Engine.Detection;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>The sets of defaults for membership.</summary>
public enum SwimProfile
{
    /// <summary>One data centre.</summary>
    Lan,

    /// <summary>Far apart.</summary>
    Wan,

    /// <summary>One machine.</summary>
    Local,
}

/// <summary>What carries membership datagrams.</summary>
public enum MembershipCarrier
{
    /// <summary>QUIC datagrams, on the connections that carry the messages.</summary>
    Quic,

    /// <summary>Plain UDP with a key that all members share.</summary>
    Udp,
}

/// <summary>Section <c>Chirps:Swim</c>. What is not set comes from the profile; <see cref="SwimSettings"/> explains each.</summary>
public sealed class SwimOptions
{
    /// <summary>Fits a QUIC datagram in the smallest packet every path must carry: 1,200 bytes less headers (RFC 9000, section 14).</summary>
    private const int DatagramBytes = 1140;

    /// <summary>What carries membership: <c>Quic</c> or <c>Udp</c>.</summary>
    /// <remarks>Over QUIC each peer is authenticated by its certificate, and each node has a connection to nearly every other. Over UDP whoever has
    /// the key can speak as any member, and connections are made for messages only. Must be the same on all nodes; see <see cref="UdpOptions"/>.</remarks>
    /// <value><c>Quic</c>.</value>
    public MembershipCarrier Carrier { get; set; }

    /// <summary>Where what is not set comes from.</summary>
    /// <value><c>Lan</c>.</value>
    public SwimProfile Profile { get; set; } = SwimProfile.Lan;

    /// <inheritdoc cref="SwimSettings.Period" />
    [Between("1ms", "30d")]
    public TimeSpan? Period { get; set; }

    /// <inheritdoc cref="SwimSettings.RttTimeout" />
    [Between("1ms", "30d")]
    public TimeSpan? RttTimeout { get; set; }

    /// <inheritdoc cref="SwimSettings.IndirectProbes" />
    [Between(0, 8)]
    public int? IndirectProbes { get; set; }

    /// <inheritdoc cref="SwimSettings.SuspicionMin" />
    [Between("1ms", "30d")]
    public TimeSpan? SuspicionMin { get; set; }

    /// <inheritdoc cref="SwimSettings.SuspicionMultiplier" />
    [Between(0.001, 100)]
    public double? SuspicionMultiplier { get; set; }

    /// <inheritdoc cref="SwimSettings.SuspicionMaxMultiplier" />
    [Between(1, 100)]
    public double? SuspicionMaxMultiplier { get; set; }

    /// <inheritdoc cref="SwimSettings.SuspicionConfirmations" />
    [Between(0, 16)]
    public int? SuspicionConfirmations { get; set; }

    /// <inheritdoc cref="SwimSettings.LocalHealthMax" />
    [Between(1, 64)]
    public int? LocalHealthMax { get; set; }

    /// <inheritdoc cref="SwimSettings.RetransmitMultiplier" />
    [Between(1, 100)]
    public int? RetransmitMultiplier { get; set; }

    /// <inheritdoc cref="SwimSettings.GossipInterval" />
    [Between("1ms", "30d")]
    public TimeSpan? GossipInterval { get; set; }

    /// <inheritdoc cref="SwimSettings.GossipFanout" />
    [Between(1, 16)]
    public int? GossipFanout { get; set; }

    /// <inheritdoc cref="SwimSettings.GossipToDead" />
    [Between("1ms", "30d")]
    public TimeSpan? GossipToDead { get; set; }

    /// <inheritdoc cref="SwimSettings.AntiEntropyInterval" />
    [Between("1ms", "30d")]
    public TimeSpan? AntiEntropyInterval { get; set; }

    /// <inheritdoc cref="SwimSettings.HealInterval" />
    [Between("1ms", "30d")]
    public TimeSpan? HealInterval { get; set; }

    /// <inheritdoc cref="SwimSettings.TombstoneTime" />
    [Between("1ms", "30d")]
    public TimeSpan? TombstoneTime { get; set; }

    /// <inheritdoc cref="SwimSettings.MembersMax" />
    [Between(1, 10_000)]
    public int? MembersMax { get; set; }

    /// <inheritdoc cref="SwimSettings.JoinRetry" />
    [Between("1ms", "30d")]
    public TimeSpan? JoinRetry { get; set; }

    /// <inheritdoc cref="SwimSettings.JoinRetryMax" />
    [Between("1ms", "30d")]
    public TimeSpan? JoinRetryMax { get; set; }

    /// <inheritdoc cref="SwimSettings.LeaveAcks" />
    [Between(1, 16)]
    public int? LeaveAcks { get; set; }

    /// <inheritdoc cref="SwimSettings.LeaveTimeout" />
    [Between("1ms", "30d")]
    public TimeSpan? LeaveTimeout { get; set; }

    /// <inheritdoc cref="SwimSettings.RttTimeoutMin" />
    [Between("1ms", "30d")]
    public TimeSpan? RttTimeoutMin { get; set; }

    /// <inheritdoc cref="SwimSettings.Detector" />
    public DetectorKind? Detector { get; set; }

    /// <inheritdoc cref="SwimSettings.PhiThreshold" />
    [Between(1, 1000)]
    public double? PhiThreshold { get; set; }

    /// <inheritdoc cref="SwimSettings.PhiAcceptablePause" />
    [Between("1ms", "30d")]
    public TimeSpan? PhiAcceptablePause { get; set; }

    /// <summary>The settings of the profile with what is set here in their place.</summary>
    public SwimSettings ToSettings(StateOptions state)
    {
        var profile = Profile switch
        {
            SwimProfile.Wan => SwimSettings.Wan,
            SwimProfile.Local => SwimSettings.Local,
            _ => SwimSettings.Lan,
        };
        return profile with
        {
            State = state.ToSettings(),
            DatagramBytesMax = DatagramBytes,
            LargeTablesOnStreams = true, // every transport has streams
            Period = Period ?? profile.Period,
            RttTimeout = RttTimeout ?? profile.RttTimeout,
            IndirectProbes = IndirectProbes ?? profile.IndirectProbes,
            SuspicionMin = SuspicionMin ?? profile.SuspicionMin,
            SuspicionMultiplier = SuspicionMultiplier ?? profile.SuspicionMultiplier,
            SuspicionMaxMultiplier = SuspicionMaxMultiplier ?? profile.SuspicionMaxMultiplier,
            SuspicionConfirmations = SuspicionConfirmations ?? profile.SuspicionConfirmations,
            LocalHealthMax = LocalHealthMax ?? profile.LocalHealthMax,
            RetransmitMultiplier = RetransmitMultiplier ?? profile.RetransmitMultiplier,
            GossipInterval = GossipInterval ?? profile.GossipInterval,
            GossipFanout = GossipFanout ?? profile.GossipFanout,
            GossipToDead = GossipToDead ?? profile.GossipToDead,
            AntiEntropyInterval = AntiEntropyInterval ?? profile.AntiEntropyInterval,
            HealInterval = HealInterval ?? profile.HealInterval,
            TombstoneTime = TombstoneTime ?? profile.TombstoneTime,
            MembersMax = MembersMax ?? profile.MembersMax,
            JoinRetry = JoinRetry ?? profile.JoinRetry,
            JoinRetryMax = JoinRetryMax ?? profile.JoinRetryMax,
            LeaveAcks = LeaveAcks ?? profile.LeaveAcks,
            LeaveTimeout = LeaveTimeout ?? profile.LeaveTimeout,
            RttTimeoutMin = RttTimeoutMin ?? profile.RttTimeoutMin,
            Detector = Detector ?? profile.Detector,
            PhiThreshold = PhiThreshold ?? profile.PhiThreshold,
            PhiAcceptablePause = PhiAcceptablePause ?? profile.PhiAcceptablePause,
        };
    }
}
