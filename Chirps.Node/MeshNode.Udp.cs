using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Node.Udp;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <content>Membership over plain UDP: then a member's address is that of its membership, and its key-values say where its QUIC is.</content>
public sealed partial class MeshNode : IDatagramEvents
{
    /// <summary>The key under which each node says where its QUIC is, as <c>ip:port</c>, when membership goes over UDP. Nobody else may write it.</summary>
    public const string QuicAddressKey = "chirps/quic";

    /// <summary>The key under which a node that hosts the server of durable messages says where, as <c>ip:port</c>. Nobody else may write it.</summary>
    public const string IggyAddressKey = "chirps/iggy";

    private static readonly TimeSpan _reportPause = TimeSpan.FromMilliseconds(1);

    private long _lastReport;

    void IDatagramEvents.DatagramReceived(MemberAddress address, ReadOnlySpan<byte> datagram) => TakeDatagram(default, address, datagram);

    void IDatagramEvents.AddressUnreachable(MemberAddress address)
    {
        // Reports can be made up, and must not fill the inbox.
        var last = Interlocked.Read(ref _lastReport);
        var now = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(last, now) < _reportPause || Interlocked.CompareExchange(ref _lastReport, now, last) != last)
        {
            return;
        }

        // Not for a suspect: it is probed anyway, and others must have their turn too.
        var member = _loop?.View.Members.FirstOrDefault(member => member.Address == address && member.Status == MemberStatus.Alive);
        if (member is not null)
        {
            _loop!.TryPost((engine, instant) => engine.Unreachable(instant, member.Id));
        }
    }

    /// <summary>Where the file of keys is; <see langword="null"/> when membership goes over QUIC.</summary>
    /// <exception cref="MeshConfigurationException">The file, or the machine, does not allow it.</exception>
    private static (string Path, KeyFile Keys)? KeysOf(MeshOptions options, TimeProvider clock)
    {
        if (options.Swim.Carrier != MembershipCarrier.Udp)
        {
            return null;
        }

        if (!System.Security.Cryptography.ChaCha20Poly1305.IsSupported)
        {
            throw new MeshConfigurationException("Chirps:Swim:Carrier", "is Udp, which needs ChaCha20-Poly1305; this system's cryptography does not have it");
        }

        var path = options.Udp.KeyPath.Length > 0 ? options.Udp.KeyPath : Path.Combine(options.Mesh.DataDirectory, KeyFile.DefaultName);
        try
        {
            return (path, options.Udp.KeyPath.Length > 0 ? KeyFile.Load(path) : KeyFile.LoadOrCreate(path, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));
        }
        catch (Exception exception) when (exception is KeyFileException or IOException or UnauthorizedAccessException)
        {
            throw new MeshConfigurationException("Chirps:Udp:KeyPath", exception.Message, exception);
        }
    }

    /// <summary>Opens the carrier; closes the transport again when that fails.</summary>
    private UdpCarrier OpenUdp(MemberId self, Generation generation, KeyFile keys, ILoggerFactory loggers)
    {
        try
        {
            return new UdpCarrier(ListenEndPoint(_options), _options.Mesh.Cluster, self, generation, keys.ToRing(), _options.Udp.ToLimits(_options.SwimSettings.MembersMax), _udpMetrics!, this, loggers.CreateLogger<UdpCarrier>());
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            _endpoint.Dispose();
            throw exception is SocketException
                ? new MeshConfigurationException("Chirps:Mesh:ListenAddress", $"cannot listen on {_options.Mesh.ListenAddress}: {exception.Message}", exception)
                : new MeshConfigurationException("Chirps:Swim:Carrier", $"generation {generation.Value} is no time a packet can carry; is the clock right?", exception);
        }
    }

    /// <summary>Says to all where this node's QUIC is: before anything else it writes, so that it is the first that they learn.</summary>
    private void WriteQuicAddress(SwimEngine engine, MeshInstant now)
    {
        if (_udp is not null)
        {
            var address = new IPEndPoint(engine.Self.Address.ToIPEndPoint().Address, _endpoint.LocalEndPoint.Port);
            engine.Set(now, QuicAddressKey, Encoding.UTF8.GetBytes(address.ToString()));
        }
    }

    /// <summary>Where a member's QUIC is: what its present process has said, so far.</summary>
    private bool TryGetQuicAddress(Member member, out MemberAddress address)
    {
        address = default;
        var state = _state.Current.FirstOrDefault(state => state.Owner == member.Id && state.Generation == member.Generation);
        if (state?.Find(QuicAddressKey) is not { } entry || !Endpoints.TryParse(Encoding.UTF8.GetString(entry.Value.Span), out var quic))
        {
            return false;
        }

        address = MemberAddress.FromIPEndPoint(quic);
        return true;
    }

    private void TakeDatagram(MemberId from, MemberAddress address, ReadOnlySpan<byte> datagram)
    {
        // The socket is open a moment before the loop exists.
        if (_loop?.TryPost(from, address, datagram) != true)
        {
            _metrics.MessageDropped(DropReason.InboxFull);
        }
    }

    private static void RefuseReserved(string key)
    {
        if (key is QuicAddressKey or IggyAddressKey)
        {
            throw new ArgumentException($"The key {key} is the node's own.", nameof(key));
        }
    }
}
