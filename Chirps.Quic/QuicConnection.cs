using System.Net;

namespace Chirps.Quic;

/// <summary>One connection. Its native state is touched only by who holds the gate.</summary>
/// <remarks>The gate is a combining lock: a thread with something to do leaves it in a lock-free place, sets the work flag and
/// tries the gate; the holder does everybody's work and looks at the flag again after letting go. Nobody waits for the gate but
/// the endpoint's thread, and callbacks come from that thread alone.</remarks>
internal sealed unsafe partial class QuicConnection : ITransportConnection
{
    /// <summary>The largest code a QUIC frame can carry.</summary>
    public const ulong CodeMax = (1UL << 62) - 1;

    /// <summary>Short header with an 8-byte id and the longest packet number, authentication tag, frame type and length.</summary>
    private const int DatagramOverhead = 1 + ConnectionIds.Length + 4 + 16 + 3;

    private readonly QuicEndpoint _endpoint;
    private readonly QuicEndpointOptions _options;
    private readonly ITransportHandler _handler;
    private readonly string? _expectedNode;
    private readonly bool _isServer;
    private readonly DatagramQueue _probes;
    private readonly DatagramQueue _data;
    private volatile ConnectionPhase _phase;
    private volatile int _maxDatagramSize;
    private volatile CloseRequest? _closeRequest;
    private TransportIdentity _peer;

    public long Id { get; } = ConnectionNumber.Next();

    public bool IsOutgoing => !_isServer;

    public IPEndPoint RemoteEndPoint { get; }

    public TransportIdentity Peer => _peer;

    public object? State { get; set; }

    public bool IsOpen => _phase == ConnectionPhase.Open && _closeRequest == null;

    public HandshakeKind Handshake { get; private set; }

    public bool CanSendEarly => _canSendEarly && _closeRequest == null;

    public DateTimeOffset ValidUntil { get; private set; }

    public bool HasCurrentCredentials => _endpoint.Tls.IsCurrent(_credentials);

    public int MaxDatagramSize => IsOpen || CanSendEarly ? _maxDatagramSize : 0;

    /// <summary>Closed, or about to be.</summary>
    internal bool IsEnding => _closeRequest != null || _phase >= ConnectionPhase.Closing;

    public ITransportStream OpenStream(int priority, bool early = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(priority, LaneScheduler.Levels);
        var stream = NewStream(priority);
        (early && CanSendEarly ? _openingEarly : _opening).Enqueue(stream);
        if (IsEnding)
        {
            // Whoever ends the connection empties the queue; a stream that came too late for it must not look open.
            stream.TryClose();
            return stream;
        }

        Signal();
        return stream;
    }

    public bool TrySendDatagram(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, DatagramClass datagramClass)
    {
        // An empty datagram trips an assertion in ngtcp2 before 1.12, which would end the process.
        var length = head.Length + body.Length;
        if (length == 0 || length > MaxDatagramSize)
        {
            return false;
        }

        if (!(datagramClass == DatagramClass.Probe ? _probes : _data).Enqueue(head, body))
        {
            _endpoint.Counters.DatagramDropped();
        }

        Signal();
        return true;
    }

    public void Close(ulong code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        RequestClose(new CloseRequest(code & CodeMax, reason, IsTransport: false));
    }

    public ConnectionStatistics GetStatistics()
    {
        Native.NgConnectionInfo info;
        lock (_statisticsLock)
        {
            info = _info;
        }

        return new ConnectionStatistics(
            Duration(info.LatestRtt),
            info.MinRtt == ulong.MaxValue ? TimeSpan.Zero : Duration(info.MinRtt),
            Duration(info.SmoothedRtt),
            Duration(info.RttVariation),
            (long)info.CongestionWindow,
            (long)info.BytesInFlight,
            Volatile.Read(ref _packetsSent),
            Volatile.Read(ref _bytesSent),
            Volatile.Read(ref _packetsReceived),
            Volatile.Read(ref _bytesReceived),
            Volatile.Read(ref _datagramsSent),
            Volatile.Read(ref _datagramsReceived),
            Volatile.Read(ref _datagramsLost),
            Volatile.Read(ref _datagramsUnfit) + _probes.Dropped + _data.Dropped);
    }

    private static TimeSpan Duration(ulong nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / 100));

    private void RequestClose(CloseRequest request)
    {
        if (Interlocked.CompareExchange(ref _closeRequest, request, null) == null)
        {
            Volatile.Write(ref _work, 1);
            _endpoint.Post(this);
        }
    }
}
