namespace Chirps.Engine.Carrier;

/// <summary>Why a packet of the udp carrier was dropped. A closed set: the names become metric tags.</summary>
public enum PacketFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Too short for a membership datagram in its envelope.</summary>
    Truncated,

    /// <summary>Longer than the datagram budget.</summary>
    Oversized,

    /// <summary>Does not begin as a packet of this format: something else on the port.</summary>
    NotAPacket,

    /// <summary>A version this build does not speak.</summary>
    UnknownVersion,

    /// <summary>A flag is set that has no meaning.</summary>
    BadFlags,

    /// <summary>The checksum does not match: damaged on the way.</summary>
    BadChecksum,

    /// <summary>The tag is that of another cluster.</summary>
    WrongCluster,

    /// <summary>Claims to come from this very node.</summary>
    FromSelf,

    /// <summary>Sealed with a key this node does not have.</summary>
    UnknownKey,

    /// <summary>From an earlier process of a sender whose newer one is known.</summary>
    FormerProcess,

    /// <summary>Taken before, or too old to tell.</summary>
    Replayed,

    /// <summary>More from one known source than it may send.</summary>
    PeerLimited,

    /// <summary>More from sources not known so far than all of them together may send.</summary>
    StrangersLimited,

    /// <summary>More than this node takes from all known sources together.</summary>
    RateLimited,

    /// <summary>Not sealed with the key it names, for another receiver, or changed on the way.</summary>
    NotAuthentic,

    /// <summary>The membership datagram inside is of another sender or process than the envelope.</summary>
    SenderMismatch,
}
