namespace Chirps.Quic;

/// <summary>What an endpoint does with sessions it had before.</summary>
public enum Resumption
{
    /// <summary>Every handshake is full: no tickets are given or used.</summary>
    None,

    /// <summary>Tickets shorten handshakes; no data before the handshake is done.</summary>
    Tickets,

    /// <summary>Tickets also let data that may be repeated leave with the first flight (0-RTT).</summary>
    EarlyData,
}
