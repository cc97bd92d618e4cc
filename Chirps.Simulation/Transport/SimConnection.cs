using System.Net;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Simulation.Transport;

/// <summary>One side of a simulated connection.</summary>
internal sealed partial class SimConnection : ITransportConnection
{
    private const int DatagramBytesMax = 1200;
    private const ulong CodeMax = (1UL << 62) - 1;

    private readonly DatagramQueue _probes;
    private readonly DatagramQueue _data;
    private readonly TlsMaterial _credentials;
    private readonly string? _expectedNode;
    private SimConnection? _other;
    private SimPipe? _pipe;
    private X509Certificate2? _peerCertificate;
    private bool _open;
    private bool _closeRequested;
    private bool _sendsDatagrams;
    private long _bytesSent;
    private long _bytesReceived;
    private long _datagramsSent;
    private long _datagramsReceived;

    public SimConnection(SimEndpoint endpoint, bool isOutgoing, IPEndPoint remote, string? expectedNode)
    {
        Endpoint = endpoint;
        IsOutgoing = isOutgoing;
        RemoteEndPoint = remote;
        _expectedNode = expectedNode;
        _credentials = endpoint.Credentials;
        _probes = new DatagramQueue(Options.DatagramQueueMax);
        _data = new DatagramQueue(Options.DatagramQueueMax);
    }

    public long Id { get; } = ConnectionNumber.Next();

    public bool IsOutgoing { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public TransportIdentity Peer { get; private set; }

    public object? State { get; set; }

    public bool IsOpen => _open && !IsEnding;

    public HandshakeKind Handshake => HandshakeKind.Full;

    public bool CanSendEarly => false;

    public DateTimeOffset ValidUntil { get; private set; }

    public bool HasCurrentCredentials => ReferenceEquals(_credentials, Endpoint.Credentials);

    public int MaxDatagramSize => IsOpen ? DatagramBytesMax : 0;

    internal SimEndpoint Endpoint { get; }

    internal QuicEndpointOptions Options => Endpoint.Options;

    internal bool IsEnding => _closeRequested || _ended;

    private SimTransport World => Endpoint.World;

    public ITransportStream OpenStream(int priority, bool early = false)
    {
        SimStream.CheckPriority(priority);
        var stream = new SimStream(this, priority, Options.StreamSendLimitBytes);
        if (IsEnding)
        {
            stream.TryClose();
            return stream;
        }

        _opening.Enqueue(stream);
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
        if (!_sendsDatagrams)
        {
            _sendsDatagrams = true;
            Post(SendDatagrams);
        }

        return true;
    }

    public void Close(ulong code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!IsEnding)
        {
            _closeRequested = true;
            Post(() => EndLocally(CloseKind.Local, CloseKind.Peer, code & CodeMax, reason));
        }
    }

    public ConnectionStatistics GetStatistics() => default(ConnectionStatistics) with
    {
        BytesSent = _bytesSent,
        BytesReceived = _bytesReceived,
        DatagramsSent = _datagramsSent,
        DatagramsReceived = _datagramsReceived,
        DatagramsDropped = _probes.Dropped + _data.Dropped,
    };

    /// <summary>Does work after what happens now.</summary>
    internal void Post(Action work) => World.At(World.Now, work);

    /// <summary>Calls the owner.</summary>
    internal void Tell(Action<ITransportHandler> call)
    {
        Endpoint.Depth++;
        try
        {
            call(Endpoint.Handler);
        }
        catch (Exception e) when (!_closeRequested)
        {
            const ulong InternalError = 1; // RFC 9000 section 20.1
            _closeRequested = true;
            Post(() => EndLocally(CloseKind.Local, CloseKind.Transport, InternalError, $"handler failed: {e.GetType().Name}"));
        }
        finally
        {
            Endpoint.Depth--;
        }
    }

    /// <summary>Sends something in order; the other side sees it unless it has ended.</summary>
    internal void Send(Action<SimConnection> arrival)
    {
        var other = _other!;
        _pipe!.Send(() => other.Hear(arrival));
    }

    internal void CountSent(int bytes)
    {
        _bytesSent += bytes;
        Endpoint.Counters.Sent(1, bytes, taken: true);
    }

    internal void CountReceived(int bytes)
    {
        _bytesReceived += bytes;
        Endpoint.Counters.Received(1, bytes);
    }

    private void Hear(Action<SimConnection> arrival)
    {
        if (_ended)
        {
            return;
        }

        _lastHeard = World.Now;
        arrival(this);
        if (IsOpen)
        {
            Tell(handler => handler.BatchEnded(this));
        }
    }

    private void SendDatagrams()
    {
        _sendsDatagrams = false;
        while (!_ended && (_probes.IsEmpty ? _data : _probes) is { } queue && queue.Peek() is { } next)
        {
            var datagram = next.Buffer[..next.Length];
            queue.Pop();
            _datagramsSent++;
            CountSent(datagram.Length);
            var other = _other!;
            _pipe!.SendOnce(() => other.Hear(receiver => receiver.ReceiveDatagram(datagram)));
        }
    }

    private void ReceiveDatagram(byte[] datagram)
    {
        if (!IsOpen)
        {
            return;
        }

        _datagramsReceived++;
        CountReceived(datagram.Length);
        Tell(handler => handler.DatagramReceived(this, datagram));
    }
}
