namespace Chirps.Quic;

/// <summary>How a handshake went.</summary>
public enum HandshakeKind
{
    /// <summary>Both certificates were exchanged and judged.</summary>
    Full,

    /// <summary>A session was resumed by its ticket; no early data was accepted.</summary>
    Resumed,

    /// <summary>A session was resumed and data of the first flight was accepted (0-RTT).</summary>
    Early,
}
