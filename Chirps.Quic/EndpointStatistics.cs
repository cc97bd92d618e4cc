namespace Chirps.Quic;

/// <summary>Counters of one endpoint since it was opened.</summary>
public sealed record EndpointStatistics
{
    /// <summary>UDP datagrams received.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Their payload in bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>UDP datagrams handed to the kernel.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Their payload in bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>UDP datagrams the kernel would not take; QUIC treats them as lost.</summary>
    public long PacketsUnsent { get; init; }

    /// <summary>System calls that received.</summary>
    public long ReceiveCalls { get; init; }

    /// <summary>System calls that sent.</summary>
    public long SendCalls { get; init; }

    /// <summary>Application datagrams dropped before sending, because a queue was full or a path shrank; of closed connections too.</summary>
    public long DatagramsDropped { get; init; }

    /// <summary>Application datagrams whose packet was declared lost; of closed connections too.</summary>
    public long DatagramsLost { get; init; }

    /// <summary>Connections held, closing ones included.</summary>
    public long Connections { get; init; }

    /// <summary>Incoming handshakes under way.</summary>
    public long HandshakesPending { get; init; }

    /// <summary>Handshakes that ended with a connection.</summary>
    public long HandshakesCompleted { get; init; }

    /// <summary>Those of them that resumed a session, without early data.</summary>
    public long HandshakesResumed { get; init; }

    /// <summary>Those of them that resumed a session and in which early data was accepted.</summary>
    public long HandshakesEarly { get; init; }

    /// <summary>Handshakes in which the client sent early data and the server refused it; on either side.</summary>
    public long EarlyDataRefused { get; init; }

    /// <summary>First flights seen before, whose early data was refused for it.</summary>
    public long ReplaysRefused { get; init; }

    /// <summary>Handshakes that took too long.</summary>
    public long HandshakesTimedOut { get; init; }

    /// <summary>Handshakes that ended by a QUIC or TLS error other than a refusal.</summary>
    public long HandshakesFailed { get; init; }

    /// <summary>Handshakes in which the peer refused us.</summary>
    public long RefusedByPeer { get; init; }

    /// <summary>Retry packets sent.</summary>
    public long RetriesSent { get; init; }

    /// <summary>Stateless resets sent.</summary>
    public long ResetsSent { get; init; }

    /// <summary>Version negotiation packets sent.</summary>
    public long VersionNegotiationsSent { get; init; }

    /// <summary>Peers we refused, by reason. Holds every reason.</summary>
    public required IReadOnlyDictionary<PeerRefusal, long> Refusals { get; init; }

    /// <summary>Packets discarded before any connection saw them, by reason. Holds every reason.</summary>
    public required IReadOnlyDictionary<PacketDrop, long> Drops { get; init; }
}
