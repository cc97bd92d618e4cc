using System.Net;
using System.Runtime.Versioning;
using NetConnection = System.Net.Quic.QuicConnection;

namespace Chirps.Quic.SystemQuic;

/// <summary>One connection. Its state belongs to the endpoint's loop; callers of other threads leave work there.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed partial class SystemConnection : ITransportConnection, IDisposable
{
    private readonly SystemEndpoint _endpoint;
    private readonly QuicEndpointOptions _options;
    private readonly ITransportHandler _handler;
    private readonly string? _expectedNode;
    private readonly CancellationTokenSource _lifetime = new();
    private NetConnection? _net;
    private TransportIdentity _peer;
    private DateTimeOffset _peerValidUntil = DateTimeOffset.MaxValue;
    private volatile bool _open;
    private int _closeRequested;
    private long _bytesSent;
    private long _bytesReceived;

    public SystemConnection(SystemEndpoint endpoint, bool isOutgoing, IPEndPoint remote, string? expectedNode, SystemCredentials credentials)
    {
        _endpoint = endpoint;
        _options = endpoint.Options;
        _handler = endpoint.Handler;
        _expectedNode = expectedNode;
        _probes = new DatagramQueue(_options.DatagramQueueMax);
        _data = new DatagramQueue(_options.DatagramQueueMax);
        IsOutgoing = isOutgoing;
        RemoteEndPoint = remote;
        Credentials = credentials;
    }

    public long Id { get; } = ConnectionNumber.Next();

    public bool IsOutgoing { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public TransportIdentity Peer => _peer;

    public object? State { get; set; }

    public bool IsOpen => _open && !IsEnding;

    public HandshakeKind Handshake => HandshakeKind.Full;

    public bool CanSendEarly => false;

    public DateTimeOffset ValidUntil => _peerValidUntil < Credentials.ValidUntil ? _peerValidUntil : Credentials.ValidUntil;

    public bool HasCurrentCredentials => Credentials == _endpoint.Credentials;

    public int MaxDatagramSize => IsOpen ? DatagramBytesMax : 0;

    internal SystemCredentials Credentials { get; }

    /// <summary>Closed, or about to be.</summary>
    internal bool IsEnding => Volatile.Read(ref _closeRequested) != 0;

    public ITransportStream OpenStream(int priority, bool early = false)
    {
        SystemStream.CheckPriority(priority);
        var stream = new SystemStream(this, priority, _options.StreamSendLimitBytes);
        lock (_opening)
        {
            if (IsEnding)
            {
                stream.TryClose();
                return stream;
            }

            _opening.Enqueue(stream);
        }

        Post(OpenWaiting);
        return stream;
    }

    public bool TrySendDatagram(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, DatagramClass datagramClass)
    {
        var length = head.Length + body.Length;
        if (length == 0 || length > MaxDatagramSize)
        {
            return false;
        }

        (datagramClass == DatagramClass.Probe ? _probes : _data).Enqueue(head, body);
        if (Interlocked.Exchange(ref _datagramsPosted, 1) == 0)
        {
            Post(SendDatagrams);
        }

        return true;
    }

    public void Close(ulong code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        const ulong CodeMax = (1UL << 62) - 1;
        if (Interlocked.Exchange(ref _closeRequested, 1) == 0)
        {
            Post(() => EndLocally(ControlFrameKind.Closed, code & CodeMax, reason));
        }
    }

    public ConnectionStatistics GetStatistics() => new(
        LatestRtt: TimeSpan.Zero,
        MinRtt: TimeSpan.Zero,
        SmoothedRtt: TimeSpan.Zero,
        RttVariation: TimeSpan.Zero,
        CongestionWindowBytes: 0,
        BytesInFlight: 0,
        PacketsSent: 0,
        BytesSent: Interlocked.Read(ref _bytesSent),
        PacketsReceived: 0,
        BytesReceived: Interlocked.Read(ref _bytesReceived),
        DatagramsSent: Interlocked.Read(ref _datagramsSent),
        DatagramsReceived: Interlocked.Read(ref _datagramsReceived),
        DatagramsLost: 0,
        DatagramsDropped: _probes.Dropped + _data.Dropped);

    /// <summary>Frees what is left when the library has let go of the connection.</summary>
    public void Dispose() => _lifetime.Dispose();

    /// <summary>Runs work on the endpoint's loop.</summary>
    internal void Post(Action work) => _endpoint.Loop.Post(work);

    /// <summary>All work of a batch was done. On the loop.</summary>
    internal void EndBatch()
    {
        if (IsOpen)
        {
            Tell(static (handler, connection) => handler.BatchEnded(connection));
        }
    }

    internal void CountSent(int bytes)
    {
        Interlocked.Add(ref _bytesSent, bytes);
        _endpoint.Counters.Sent(0, bytes, taken: true);
    }

    internal void CountReceived(int bytes)
    {
        Interlocked.Add(ref _bytesReceived, bytes);
        _endpoint.Counters.Received(0, bytes);
        _endpoint.MarkBatch(this);
    }

    /// <summary>Calls the owner. On the loop.</summary>
    internal void Tell(Action<ITransportHandler, SystemConnection> call)
    {
        try
        {
            call(_handler, this);
        }
        catch (Exception e)
        {
            HandlerFailed(e);
        }
    }

    /// <summary>The owner threw: only its connection ends.</summary>
    internal void HandlerFailed(Exception exception)
    {
        const ulong InternalError = 1; // RFC 9000 section 20.1
        _endpoint.LogHandlerFailed(this, exception);
        if (Interlocked.Exchange(ref _closeRequested, 1) == 0)
        {
            Post(() => EndLocally(ControlFrameKind.Failed, InternalError, $"handler failed: {exception.GetType().Name}"));
        }
    }
}
