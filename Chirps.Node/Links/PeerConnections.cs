using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Links;

/// <summary>What the connections need from the rest of the node.</summary>
internal interface IPeerEvents
{
    /// <summary>A membership datagram came. Must not keep the bytes.</summary>
    void DatagramReceived(MemberId from, MemberAddress address, ReadOnlySpan<byte> datagram);

    /// <summary>Key-values too large for datagrams came over a stream. Must not keep the bytes.</summary>
    void TransferReceived(MemberId from, MemberAddress address, ReadOnlySpan<byte> transfer);

    /// <summary>An established connection was lost without either side having closed it on purpose.</summary>
    void ConnectionLost(MemberId peer);

    /// <summary>Where a member is reached now.</summary>
    bool TryGetAddress(MemberId peer, out MemberAddress address);
}

/// <summary>
/// All connections of the node: dials peers on demand, with backoff, keeps one connection per pair, and carries
/// datagrams. The transport calls it on its own thread; the rest may be called from any.
/// </summary>
internal sealed partial class PeerConnections : ITransportHandler, IMembershipCarrier
{
    /// <summary>Code of a connection whose bytes made no sense.</summary>
    private const ulong CloseProtocol = 2;

    /// <summary>Connections of one peer that may wait for its hello at a time.</summary>
    private const int WithoutHelloMax = 4;

    /// <summary>Code of a connection to oneself.</summary>
    private const ulong CloseSelf = 3;

    /// <summary>Code of a connection with an expired certificate for which no other came.</summary>
    private const ulong CloseExpired = 5;

    /// <summary>How long what was received from a peer is remembered after its last connection.</summary>
    private static readonly TimeSpan _linkMemory = TimeSpan.FromHours(1);

    private static readonly TimeSpan _namesakeWarningPeriod = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _renewalsPeriod = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<MemberId, PeerLink> _links = new();
    private readonly ConcurrentDictionary<PeerSession, long> _withoutHello = new();
    private readonly ConcurrentDictionary<MemberAddress, Dial> _dials = new();
    private readonly ConcurrentDictionary<MemberAddress, ITransportConnection> _byAddress = new();
    private readonly MemberId _self;
    private readonly MeshOptions _options;
    private readonly SubscriberTable _subscribers;
    private readonly MeshMetrics _metrics;
    private readonly IPeerEvents _events;
    private readonly ILogger _logger;
    private readonly LinkSettings _settings;
    private readonly TimeProvider _wallClock;
    private long _renewalsLooked;
    private long _namesakeWarned;
    private ITransportEndpoint? _endpoint;
    private int _connections;
    private volatile bool _stopping;

    public PeerConnections(MemberId self, ulong generation, MeshOptions options, SubscriberTable subscribers, MeshMetrics metrics, IPeerEvents events, TimeProvider wallClock, ILogger logger)
    {
        _self = self;
        _settings = new LinkSettings(generation, options.Backends.Quic.DataLanes, options.Limits, metrics, DialPeer);
        _wallClock = wallClock;
        _options = options;
        _subscribers = subscribers;
        _metrics = metrics;
        _events = events;
        _logger = logger;
    }

    public int Count => Volatile.Read(ref _connections);

    /// <summary>The links there are, in no order.</summary>
    public IEnumerable<PeerLink> Links => _links.Values;

    public int Pending => _links.Values.Sum(link => link.Pending);

    /// <summary>Starts to use the endpoint, which was opened with this object as its handler.</summary>
    public void Start(ITransportEndpoint endpoint) => Volatile.Write(ref _endpoint, endpoint);

    /// <summary>No new dials; what waits is rejected.</summary>
    public void Stop()
    {
        _stopping = true;
        foreach (var link in _links.Values)
        {
            link.Stop();
        }
    }

    public PeerLink Link(MemberId peer)
    {
        var link = _links.GetOrAdd(peer, static (id, connections) => connections.MakeLink(id), this);
        if (_stopping)
        {
            link.Stop(); // made while all others were being stopped
        }

        return link;
    }

    public bool TryGetLink(MemberId peer, out PeerLink link) => _links.TryGetValue(peer, out link!);

    /// <summary>Sends a membership datagram, dialling when there is no connection yet.</summary>
    public void SendDatagram(MemberId target, MemberAddress address, ReadOnlySpan<byte> datagram, bool urgent)
    {
        var link = target.IsDefault ? null : Link(target);
        var connection = link is null ? ConnectionTo(address) : link.Connection;
        if (connection is { IsOpen: true })
        {
            connection.TrySendDatagram(datagram, default, urgent ? DatagramClass.Probe : DatagramClass.Data);
            return;
        }

        if (Begin(address, link) is not { } dial || !dial.TrySend(datagram, urgent))
        {
            _metrics.MessageDropped(DropReason.NotConnected);
        }
    }

    /// <summary>Sends key-values that are too large for datagrams, where there is a connection, else sees to one: the next comparison repeats what was lost.</summary>
    public void SendTransfer(MemberId target, ReadOnlySpan<byte> transfer)
    {
        var link = Link(target);
        if (link.Session is not { Connection.IsOpen: true } session)
        {
            DialPeer(link);
            _metrics.MessageDropped(DropReason.NotConnected);
            return;
        }

        if (!session.SendSingle(FrameCodec.WriteTransferHeader(stackalloc byte[FrameCodec.SmallBytesMax], transfer.Length), transfer))
        {
            _metrics.MessageDropped(DropReason.QueueFull);
        }
    }

    /// <summary>Called a few times a second: deadlines, and dials for peers to which something waits.</summary>
    public void Tick()
    {
        foreach (var link in _links.Values)
        {
            link.Expire();
            if (link.NeedsConnection)
            {
                DialPeer(link);
            }
            else if (link.Connection is null && link.Pending == 0 && Stopwatch.GetElapsedTime(link.LastChange) > _linkMemory && !_events.TryGetAddress(link.Peer, out _))
            {
                // Forgotten by membership, and gone for so long that nothing it sent before can come again.
                _links.TryRemove(link.Peer, out _);
            }
        }

        var now = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_renewalsLooked, now) > _renewalsPeriod)
        {
            _renewalsLooked = now;
            CloseSilent();
            RenewConnections();
        }
    }

    void ITransportHandler.EarlyDataStarted(ITransportConnection connection)
    {
        // Nothing of the peer's is begun by it; what continues a known lane is taken, since numbers make it harmless twice.
        if (TryGetPeer(connection, out var peer))
        {
            _ = new PeerSession(connection, peer, Link(peer), _options.Limits.FrameBytesMax);
        }
    }

    void ITransportHandler.Connected(ITransportConnection connection)
    {
        if (!TryGetPeer(connection, out var peer))
        {
            WarnOfNamesake(connection);
            connection.Close(CloseSelf, "this is the node itself");
            return;
        }

        var address = MemberAddress.FromIPEndPoint(connection.RemoteEndPoint);
        PeerSession session;
        lock (connection)
        {
            // It has one already when data went ahead of the handshake, in either direction.
            session = connection.State as PeerSession ?? new PeerSession(connection, peer, Link(peer), _options.Limits.FrameBytesMax);
        }

        var link = session.Link;
        link.Connected(connection);
        session.Confirm();
        if (!session.IsPeerKnown)
        {
            AwaitHello(session);
        }

        lock (link.Backoff)
        {
            link.Backoff.Succeeded();
        }

        Interlocked.Increment(ref _connections);
        _metrics.Connected(connection.IsOutgoing, connection.Handshake);
        LogConnected(peer.ToString(), connection.RemoteEndPoint.ToString(), connection.IsOutgoing, connection.Handshake);
        _byAddress[address] = connection;
        if (connection.IsOutgoing && _dials.TryRemove(address, out var dial))
        {
            foreach (var (bytes, urgent) in dial.Take())
            {
                connection.TrySendDatagram(bytes, default, urgent ? DatagramClass.Probe : DatagramClass.Data);
            }
        }
    }

    void ITransportHandler.Closed(ITransportConnection connection, CloseInfo info)
    {
        var address = MemberAddress.FromIPEndPoint(connection.RemoteEndPoint);
        _byAddress.TryRemove(new KeyValuePair<MemberAddress, ITransportConnection>(address, connection));
        var session = connection.State as PeerSession;
        session?.Link.Disconnected(session);
        if (session is { IsConfirmed: true })
        {
            Interlocked.Decrement(ref _connections);
            _metrics.Disconnected();
            LogDisconnected(session.Peer.ToString(), address.ToString(), info.Kind, info.Code, info.Reason);
            var onPurpose = info.Kind is CloseKind.Local or CloseKind.EndpointClosed || info is { Kind: CloseKind.Peer, Code: PeerLink.CloseReplaced };
            if (!onPurpose && !_stopping)
            {
                _events.ConnectionLost(session.Peer);
            }

            return;
        }

        if (info.Refusal != PeerRefusal.None && info.Kind == CloseKind.PeerRefused)
        {
            _metrics.PeerRefused(info.Refusal);
            LogPeerRefused(address.ToString(), info.Refusal, info.ClaimedPeer?.Cluster, info.ClaimedPeer?.Node, info.Reason);
        }

        if (connection.IsOutgoing && info.Kind != CloseKind.EndpointClosed)
        {
            DialFailed(address, info);
        }
    }

    void ITransportHandler.StreamOpened(ITransportStream stream)
    {
        if (stream.Connection.State is PeerSession session)
        {
            stream.State = new InLane(session, stream, _options, _subscribers, _events);
        }
        else
        {
            stream.Reset(CloseProtocol);
        }
    }

    void ITransportHandler.StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        var fault = FrameFault.None;
        var good = stream.State switch
        {
            InLane lane => lane.Receive(data, out fault),
            OutStream lane => lane.Receive(data, out fault),
            _ => true,
        };
        if (!good)
        {
            _metrics.MessageDropped(DropReason.Malformed);
            LogMalformed(stream.Connection.Peer.Node, fault);
            stream.Connection.Close(CloseProtocol, $"malformed frame: {fault}");
        }
        else if (end && stream.State is OutStream or InLane { IsLane: true })
        {
            stream.Connection.Close(CloseProtocol, "a lane has ended");
        }
        else if (end)
        {
            stream.Complete();
        }
    }

    void ITransportHandler.StreamWritable(ITransportStream stream)
    {
        if (stream.State is OutStream lane)
        {
            lane.Lane.Pump();
        }
        else
        {
            (stream.Connection.State as PeerSession)?.Acknowledge();
        }
    }

    void ITransportHandler.StreamClosed(ITransportStream stream)
    {
        if (stream.Connection.IsOpen && stream.State is OutStream or InLane { IsLane: true })
        {
            stream.Connection.Close(CloseProtocol, "a lane has ended");
        }
    }

    void ITransportHandler.DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
    {
        if (connection.State is not PeerSession session)
        {
            return;
        }

        if (datagram.IsEmpty || datagram[0] < 0x80)
        {
            _events.DatagramReceived(session.Peer, MemberAddress.FromIPEndPoint(connection.RemoteEndPoint), datagram);
        }
        else if (FrameCodec.TryReadDatagram(datagram, out var frame, out _))
        {
            _subscribers.Deliver(session.Peer, Profile.Ephemeral, frame.MessageId, frame.Topic, frame.Body, frame.Trace);
        }
        else
        {
            _metrics.MessageDropped(DropReason.Malformed);
        }
    }

    void ITransportHandler.BatchEnded(ITransportConnection connection) => (connection.State as PeerSession)?.Acknowledge();

    private bool TryGetPeer(ITransportConnection connection, out MemberId peer)
        => MemberId.TryParse(connection.Peer.Node, out peer) && peer != _self;

    /// <summary>The seeds may name this node, which is no mistake; another process with its name is one, and would never join.</summary>
    private void WarnOfNamesake(ITransportConnection connection)
    {
        var remote = connection.RemoteEndPoint;
        var now = Stopwatch.GetTimestamp();
        var isQuiet = _namesakeWarned != 0 && Stopwatch.GetElapsedTime(_namesakeWarned, now) < _namesakeWarningPeriod;
        if (!isQuiet && Volatile.Read(ref _endpoint) is { } endpoint && !Endpoints.IsOwn(remote, endpoint.LocalEndPoint, _options.Mesh.AdvertiseAddress))
        {
            _namesakeWarned = now;
            LogNamesake(remote.ToString(), _self.ToString());
        }
    }

    private PeerLink MakeLink(MemberId peer)
    {
        return new PeerLink(_self, peer, BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)), _settings);
    }

    /// <summary>Remembers a connection on which the peer has not said who its process is; too many of one peer are not kept.</summary>
    private void AwaitHello(PeerSession session)
    {
        _withoutHello.TryAdd(session, Stopwatch.GetTimestamp());
        if (_withoutHello.Keys.Count(other => other.Peer == session.Peer) > WithoutHelloMax)
        {
            session.Connection.Close(CloseProtocol, "too many connections without a hello");
        }
    }

    private void CloseSilent()
    {
        foreach (var (session, since) in _withoutHello)
        {
            if (session.IsPeerKnown || !session.Connection.IsOpen)
            {
                _withoutHello.TryRemove(session, out _);
            }
            else if (Stopwatch.GetElapsedTime(since) > _options.Backends.Quic.HandshakeTimeout)
            {
                session.Connection.Close(CloseProtocol, "no hello came");
            }
        }
    }

    private ITransportConnection? ConnectionTo(MemberAddress address)
        => _byAddress.TryGetValue(address, out var connection) ? connection : null;
}
