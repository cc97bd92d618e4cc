namespace Chirps.Quic;

/// <summary>The life of a connection; it only moves forward.</summary>
internal enum ConnectionPhase
{
    /// <summary>Not both sides are known yet.</summary>
    Handshaking,

    /// <summary>In use.</summary>
    Open,

    /// <summary>Ended, but still answering or ignoring late packets (RFC 9000 section 10.2).</summary>
    Closing,

    /// <summary>All native parts are freed.</summary>
    Dead,
}
