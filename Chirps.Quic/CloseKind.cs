namespace Chirps.Quic;

/// <summary>How a connection ended.</summary>
public enum CloseKind
{
    /// <summary>We closed it.</summary>
    Local,

    /// <summary>The peer's application closed it; code and reason are the peer's.</summary>
    Peer,

    /// <summary>We refused the peer's certificate or identity.</summary>
    PeerRefused,

    /// <summary>The peer refused our certificate or identity.</summary>
    PeerRefusedUs,

    /// <summary>Nothing was heard for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>The handshake did not finish in time: nobody answered, or too slowly.</summary>
    HandshakeTimeout,

    /// <summary>The peer lost the connection's state, typically by a restart.</summary>
    StatelessReset,

    /// <summary>A QUIC or TLS error, ours or the peer's.</summary>
    Transport,

    /// <summary>Our endpoint was disposed.</summary>
    EndpointClosed,
}
