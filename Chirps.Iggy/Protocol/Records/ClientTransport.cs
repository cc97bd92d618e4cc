namespace Chirps.Iggy.Protocol.Records;

/// <summary>How a client is connected.</summary>
public enum ClientTransport : byte
{
    /// <summary>TCP.</summary>
    Tcp = 1,

    /// <summary>QUIC.</summary>
    Quic = 2,

    /// <summary>HTTP.</summary>
    Http = 3,

    /// <summary>WebSocket.</summary>
    WebSocket = 4,
}
