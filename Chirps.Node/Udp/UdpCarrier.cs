using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Udp;

/// <summary>Carries membership over plain UDP: one socket, one thread that receives; the protocol loop sends.</summary>
/// <remarks>Neither direction allocates for a packet, but for one that is not authentic, or that the network reports undeliverable: those raise an exception of the platform's.</remarks>
internal sealed partial class UdpCarrier : IMembershipCarrier, IDisposable
{
    /// <summary>The longest UDP payload there is.</summary>
    private const int ReceiveBytes = 65536;

    private const int SocketBufferBytes = 4 << 20;

    /// <summary>Longer than a queue of the device needs to drain, short against a probe.</summary>
    private const int SendTimeoutMilliseconds = 10;

    private static readonly TimeSpan _warningPause = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly bool _isIpv6;
    private readonly PacketSealer _sealer;
    private readonly PacketOpener _opener;
    private readonly UdpMetrics _metrics;
    private readonly IDatagramEvents _events;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly byte[] _packet;
    private readonly SocketAddress _target;
    private volatile PacketKeyRing _ring;
    private volatile bool _stopped;
    private MeshInstant? _warned;

    /// <summary>Binds the socket.</summary>
    /// <param name="bind">Where to listen; an IPv6 wildcard serves IPv4 too.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="self">This node.</param>
    /// <param name="generation">Which process of it.</param>
    /// <param name="ring">The keys.</param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="metrics">Where packets are counted.</param>
    /// <param name="events">Told what came.</param>
    /// <param name="logger">For what ends the carrier.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public UdpCarrier(IPEndPoint bind, string cluster, MemberId self, Generation generation, PacketKeyRing ring, PacketLimits limits, UdpMetrics metrics, IDatagramEvents events, ILogger logger)
    {
        _ring = ring;
        _metrics = metrics;
        _events = events;
        _logger = logger;
        _isIpv6 = bind.AddressFamily == AddressFamily.InterNetworkV6;
        _packet = new byte[limits.PacketBytesMax];
        _target = SocketNames.Empty(bind.AddressFamily);
        _sealer = new PacketSealer(cluster, self, generation, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        _opener = new PacketOpener(cluster, self, limits);
        _thread = new Thread(Receive) { IsBackground = true, Name = $"chirps-udp-{self}" };
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendTimeout = SendTimeoutMilliseconds };
        try
        {
            if (_isIpv6)
            {
                _socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);
            }

            _socket.ReceiveBufferSize = SocketBufferBytes;
            _socket.SendBufferSize = SocketBufferBytes;
            _socket.Bind(bind);
            UnreachableReports.Enable(_socket);
            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        }
        catch
        {
            _socket.Dispose();
            _sealer.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether packets are received: from the start on, unless the socket has failed.</summary>
    public bool IsReceiving => _thread.IsAlive;

    /// <summary>Starts to receive.</summary>
    public void Start() => _thread.Start();

    /// <summary>Brings other keys into force, for the next packet. Any thread.</summary>
    public void Use(PacketKeyRing ring) => _ring = ring;

    /// <inheritdoc/>
    public void SendDatagram(MemberId target, MemberAddress address, ReadOnlySpan<byte> datagram, bool urgent)
    {
        var length = SocketNames.TryWrite(address, _target.Buffer.Span, _isIpv6) ? _sealer.Seal(_ring, target, datagram, _packet) : 0;
        if (length > 0 && TrySend(_packet.AsSpan(0, length)))
        {
            _metrics.Sent(length);
        }
        else
        {
            _metrics.Unsent();
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _socket.Dispose();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _sealer.Dispose();
        _opener.Dispose();
    }

    private bool TrySend(ReadOnlySpan<byte> packet)
    {
        if (TrySendOnce(packet))
        {
            return true;
        }

        // The kernel reports a former packet's fate in place of sending this one.
        return TakeReports() && TrySendOnce(packet);
    }

    private bool TrySendOnce(ReadOnlySpan<byte> packet)
    {
        try
        {
            return _socket.SendTo(packet, SocketFlags.None, _target) == packet.Length;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void Receive()
    {
        var packet = new byte[ReceiveBytes];
        var datagram = new byte[ReceiveBytes];
        var source = SocketNames.Empty(_socket.AddressFamily);
        try
        {
            while (!_stopped)
            {
                if (TryReceive(packet, source, out var length))
                {
                    Take(packet.AsSpan(0, length), SocketNames.Read(source.Buffer.Span, _isIpv6), datagram);
                }
            }
        }
        catch (Exception exception)
        {
            // A broken invariant of our own. Peers will find this node dead and say so.
            LogFailed(exception);
        }
    }

    private bool TryReceive(byte[] packet, SocketAddress source, out int length)
    {
        length = 0;
        try
        {
            length = _socket.ReceiveFrom(packet, SocketFlags.None, source);
            return true;
        }
        catch (SocketException) when (!_stopped)
        {
            TakeReports();
            return false;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void Take(ReadOnlySpan<byte> packet, MemberAddress source, byte[] datagram)
    {
        var fault = _opener.Open(MeshLoop.Now(), _ring, source, packet, datagram, out var length);
        if (fault == PacketFault.None)
        {
            _metrics.Received(packet.Length);
            _events.DatagramReceived(source, datagram.AsSpan(0, length));
        }
        else
        {
            _metrics.Dropped(fault);
            Warn(fault, source);
        }
    }

    /// <summary>Says, now and then, what an operator can do something about; the rest is only counted.</summary>
    private void Warn(PacketFault fault, MemberAddress source)
    {
        if (fault is not (PacketFault.UnknownKey or PacketFault.NotAuthentic or PacketFault.WrongCluster or PacketFault.PeerLimited or PacketFault.RateLimited))
        {
            return;
        }

        var now = MeshLoop.Now();
        if (_warned is not { } last || now - last > _warningPause)
        {
            _warned = now;
            LogDropped(source.ToString(), fault);
        }
    }

    /// <returns>Whether there was one.</returns>
    private bool TakeReports()
    {
        var any = false;
        while (!_stopped && UnreachableReports.TryTake(_socket, _isIpv6, out var address))
        {
            any = true;
            _metrics.Unreachable();
            _events.AddressUnreachable(address);
        }

        return any;
    }

    [LoggerMessage(2400, LogLevel.Critical, "Receiving membership over UDP has failed; this node hears of nothing any more")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2401, LogLevel.Warning, "Dropped a membership packet from {Address}: {Fault}. More like it are only counted for a minute (chirps_udp_packets_dropped_total)")]
    private partial void LogDropped(string address, PacketFault fault);
}
