namespace Chirps.Engine.Membership;

/// <summary>Every deadline of <see cref="SwimEngine"/>.</summary>
internal enum SwimDeadline : byte
{
    /// <summary>The period ends: verdict on the running probe, start of the next.</summary>
    ProbeRound,

    /// <summary>The direct ack did not come: ask others.</summary>
    IndirectProbe,

    /// <summary>A nack to send, or a probe for another to forget.</summary>
    HelpedProbe,

    /// <summary>The earliest suspicion expires.</summary>
    Suspicion,

    /// <summary>Pass queued updates on.</summary>
    GossipRound,

    /// <summary>Exchange whole tables with one member.</summary>
    AntiEntropy,

    /// <summary>Perhaps try a dead member or a seed.</summary>
    Healing,

    /// <summary>Ask a seed again.</summary>
    Join,

    /// <summary>Announce the leave again.</summary>
    LeaveRetry,

    /// <summary>Stop waiting for the leave to be acknowledged.</summary>
    LeaveEnd,

    /// <summary>Compare key-values with random members.</summary>
    StateRound,

    /// <summary>Forget deleted keys, delete own keys whose time is over.</summary>
    StateCollection,
}
