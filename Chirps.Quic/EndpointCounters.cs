namespace Chirps.Quic;

/// <summary>The counters of one endpoint. All methods may be called from any thread.</summary>
internal sealed class EndpointCounters
{
    private readonly long[] _refusals = new long[Enum.GetValues<PeerRefusal>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<PacketDrop>().Length];
    private long _packetsReceived;
    private long _bytesReceived;
    private long _receiveCalls;
    private long _packetsSent;
    private long _bytesSent;
    private long _packetsUnsent;
    private long _sendCalls;
    private long _completed;
    private long _timedOut;
    private long _failed;
    private long _refusedByPeer;
    private long _retries;
    private long _resets;
    private long _versionNegotiations;
    private long _pending;
    private long _resumed;
    private long _early;
    private long _earlyRefused;
    private long _replays;
    private long _datagramsDropped;
    private long _datagramsLost;

    /// <summary>Incoming handshakes under way.</summary>
    public long HandshakesPending => Interlocked.Read(ref _pending);

    public void ReceiveCalled() => Interlocked.Increment(ref _receiveCalls);

    public void Received(int packets, int bytes)
    {
        Interlocked.Add(ref _packetsReceived, packets);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    public void SendCalled() => Interlocked.Increment(ref _sendCalls);

    public void Sent(int packets, int bytes, bool taken)
    {
        if (taken)
        {
            Interlocked.Add(ref _packetsSent, packets);
            Interlocked.Add(ref _bytesSent, bytes);
        }
        else
        {
            Interlocked.Add(ref _packetsUnsent, packets);
        }
    }

    public void DatagramDropped() => Interlocked.Increment(ref _datagramsDropped);

    public void DatagramLost() => Interlocked.Increment(ref _datagramsLost);

    public void Dropped(PacketDrop reason) => Interlocked.Increment(ref _drops[(int)reason]);

    public void Refused(PeerRefusal reason) => Interlocked.Increment(ref _refusals[(int)reason]);

    public void HandshakePending(int change) => Interlocked.Add(ref _pending, change);

    public void HandshakeCompleted(HandshakeKind kind)
    {
        Interlocked.Increment(ref _completed);
        if (kind != HandshakeKind.Full)
        {
            Interlocked.Increment(ref kind == HandshakeKind.Early ? ref _early : ref _resumed);
        }
    }

    public void EarlyDataRefused() => Interlocked.Increment(ref _earlyRefused);

    public void ReplayRefused() => Interlocked.Increment(ref _replays);

    /// <summary>Counts the end of a handshake that made no connection.</summary>
    public void HandshakeEnded(CloseKind kind)
    {
        switch (kind)
        {
            case CloseKind.HandshakeTimeout:
                Interlocked.Increment(ref _timedOut);
                break;
            case CloseKind.PeerRefusedUs:
                Interlocked.Increment(ref _refusedByPeer);
                break;
            case CloseKind.PeerRefused or CloseKind.Local or CloseKind.EndpointClosed:
                break;
            default:
                Interlocked.Increment(ref _failed);
                break;
        }
    }

    public void RetrySent() => Interlocked.Increment(ref _retries);

    public void ResetSent() => Interlocked.Increment(ref _resets);

    public void VersionNegotiationSent() => Interlocked.Increment(ref _versionNegotiations);

    public EndpointStatistics Snapshot(long connections) => new()
    {
        PacketsReceived = Interlocked.Read(ref _packetsReceived),
        BytesReceived = Interlocked.Read(ref _bytesReceived),
        ReceiveCalls = Interlocked.Read(ref _receiveCalls),
        PacketsSent = Interlocked.Read(ref _packetsSent),
        BytesSent = Interlocked.Read(ref _bytesSent),
        PacketsUnsent = Interlocked.Read(ref _packetsUnsent),
        SendCalls = Interlocked.Read(ref _sendCalls),
        DatagramsDropped = Interlocked.Read(ref _datagramsDropped),
        DatagramsLost = Interlocked.Read(ref _datagramsLost),
        Connections = connections,
        HandshakesPending = HandshakesPending,
        HandshakesCompleted = Interlocked.Read(ref _completed),
        HandshakesResumed = Interlocked.Read(ref _resumed),
        HandshakesEarly = Interlocked.Read(ref _early),
        EarlyDataRefused = Interlocked.Read(ref _earlyRefused),
        ReplaysRefused = Interlocked.Read(ref _replays),
        HandshakesTimedOut = Interlocked.Read(ref _timedOut),
        HandshakesFailed = Interlocked.Read(ref _failed),
        RefusedByPeer = Interlocked.Read(ref _refusedByPeer),
        RetriesSent = Interlocked.Read(ref _retries),
        ResetsSent = Interlocked.Read(ref _resets),
        VersionNegotiationsSent = Interlocked.Read(ref _versionNegotiations),
        Refusals = Enum.GetValues<PeerRefusal>().Where(r => r != PeerRefusal.None).ToDictionary(r => r, r => Interlocked.Read(ref _refusals[(int)r])),
        Drops = Enum.GetValues<PacketDrop>().ToDictionary(d => d, d => Interlocked.Read(ref _drops[(int)d])),
    };
}
