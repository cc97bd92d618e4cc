namespace Chirps.Quic;

/// <summary>Why a received packet was discarded before any connection saw it.</summary>
public enum PacketDrop
{
    /// <summary>A first packet from a source that has as many handshakes under way as one source may have.</summary>
    SourceLimit,

    /// <summary>Too short for a QUIC packet.</summary>
    TooShort,

    /// <summary>Its header could not be read, or it starts no connection.</summary>
    Malformed,

    /// <summary>It belongs to no connection known here.</summary>
    UnknownConnection,

    /// <summary>It asks for a QUIC version other than 1.</summary>
    UnsupportedVersion,

    /// <summary>It carries an address token that is forged, for another address, or too old.</summary>
    InvalidToken,

    /// <summary>Its client must prove its address first (Retry).</summary>
    AddressUnproven,

    /// <summary>Too many handshakes are under way.</summary>
    HandshakeLimit,

    /// <summary>Too many connections are open.</summary>
    ConnectionLimit,
}
