using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>Everything that can be configured about a mesh node, section <c>Chirps</c>.</summary>
public sealed class MeshOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Chirps";

    /// <summary>Who this node is and where it listens.</summary>
    public NodeOptions Mesh { get; set; } = new();

    /// <summary>Certificate, key and authority.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>What carries messages.</summary>
    public BackendOptions Backends { get; set; } = new();

    /// <summary>Which backend serves which profile. A profile without a route is rejected with <c>NoRoute</c>.</summary>
    /// <value>Control and Ephemeral over <c>quic</c>, Durable over <c>iggy</c> when nothing is configured.</value>
    [Reloads]
    public IList<RouteOptions> Routes { get; set; } = [];

    /// <summary>Failure detection and gossip.</summary>
    public SwimOptions Swim { get; set; } = new();

    /// <summary>Membership over plain UDP.</summary>
    public UdpOptions Udp { get; set; } = new();

    /// <summary>The key-values that each node shares with all.</summary>
    public StateOptions State { get; set; } = new();

    /// <summary>How messages of consensus groups travel.</summary>
    public RaftOptions Raft { get; set; } = new();

    /// <summary>Bounds of queues and messages.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>The engine's settings, with the datagrams' length that the carrier allows.</summary>
    internal SwimSettings SwimSettings => Swim.Carrier == MembershipCarrier.Udp
        ? Swim.ToSettings(State) with { DatagramBytesMax = Udp.PacketBytesMax - PacketSealer.OverheadBytes }
        : Swim.ToSettings(State);

    /// <summary>The longest frame taken on a stream that carries just one.</summary>
    internal int SingleFrameBytesMax => Math.Max(Limits.EphemeralBytes, State.ToSettings().TransferBytesMax) + FrameCodec.HeaderBytesMax;
}

/// <summary>Section <c>Chirps:Mesh</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>The cluster. Peers with a certificate of another cluster are refused.</summary>
    /// <value><c>chirps</c>.</value>
    public string Cluster { get; set; } = "chirps";

    /// <summary>The name of this node, as in its certificate.</summary>
    /// <remarks>Must stay the same over restarts: a restarted node replaces its former self at once instead of appearing beside a dead one.</remarks>
    /// <value>Empty: taken from the certificate; without one a name is made once and kept in <see cref="DataDirectory"/>.</value>
    public string NodeId { get; set; } = "";

    /// <summary>IP address and UDP port of the mesh socket; port 0 takes a free one.</summary>
    /// <remarks>Anything beyond loopback needs <c>Chirps:Tls</c>.</remarks>
    /// <value><c>127.0.0.1:42000</c>.</value>
    public string ListenAddress { get; set; } = "127.0.0.1:42000";

    /// <summary>IP address and port under which the others reach this node.</summary>
    /// <remarks>Needed when listening on a wildcard address or behind a translation of addresses. Port 0 stands for the port of the socket.</remarks>
    /// <value>Empty: the listen address.</value>
    public string AdvertiseAddress { get; set; } = "";

    /// <summary>Where the node keeps what must survive a restart: its made-up name, its last generation and incarnation, development certificates.</summary>
    /// <value><c>run</c>, relative to the working directory.</value>
    public string DataDirectory { get; set; } = "run";

    /// <summary>Through whom to join.</summary>
    public SeedOptions Seeds { get; set; } = new();
}

/// <summary>Section <c>Chirps:Mesh:Seeds</c>.</summary>
public sealed class SeedOptions
{
    /// <summary><c>host:port</c> of some members. Names are resolved, all their addresses tried. Empty: this node starts a mesh.</summary>
    public IList<string> Nodes { get; set; } = [];

    /// <summary>How often the names of the seeds are looked up again.</summary>
    /// <remarks>New addresses are tried when a partition is to heal. Shorter follows a name server sooner, for a look-up each. Names without an answer are asked for sooner, from half a second on.</remarks>
    /// <value>1 minute.</value>
    [Between("1s", "1d")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Section <c>Chirps:Tls</c>; PEM files. All three, or none for a development certificate on loopback.</summary>
public sealed class TlsOptions
{
    /// <summary>The node's certificate, chain after it; with the URI <c>chirps://cluster/node</c> as alternative name.</summary>
    public string CertPath { get; set; } = "";

    /// <summary>Its private key.</summary>
    public string KeyPath { get; set; } = "";

    /// <summary>The authorities that may vouch for peers.</summary>
    public string CaPath { get; set; } = "";

    /// <summary>How often the files are looked at, to bring new ones into force without a restart.</summary>
    /// <remarks>Where the system reports changes they are seen at once; this is for the rest. A look reads three small files.</remarks>
    /// <value>10 seconds.</value>
    [Between("100ms", "1d")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may go on with certificates that are no longer today's: after this node's were replaced, or one of them has expired.</summary>
    /// <remarks>Within this time it is replaced by another, spread by chance, without losing a message. Short is safer; long spreads the handshakes of a large mesh.</remarks>
    /// <value>1 minute.</value>
    [Between("1ms", "30d")]
    public TimeSpan RenewWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether none of the paths is set.</summary>
    internal bool IsEmpty => CertPath.Length == 0 && KeyPath.Length == 0 && CaPath.Length == 0;
}

/// <summary>Section <c>Chirps:Backends</c>.</summary>
public sealed class BackendOptions
{
    /// <summary>The QUIC backend, called <c>quic</c> in routes.</summary>
    public QuicOptions Quic { get; set; } = new();

    /// <summary>The Iggy backend, called <c>iggy</c> in routes.</summary>
    public IggyOptions Iggy { get; set; } = new();
}

/// <summary>Section <c>Chirps:Backends:Quic</c>.</summary>
public sealed class QuicOptions
{
    /// <summary>Who carries the packets: <c>Ngtcp2</c>, <c>System</c> (System.Net.Quic), or <c>Auto</c>, which takes ngtcp2 where it loads.</summary>
    /// <remarks><c>System</c> has no datagrams, early data, priorities and choice of congestion control; the node says so when it starts.</remarks>
    /// <value><c>Auto</c>.</value>
    public TransportProvider Provider { get; set; }

    /// <summary>Lanes for messages that go by their topic: each keeps the order of its messages, and a large or lost one delays only its own lane.</summary>
    /// <remarks>One lane keeps the order of all of them. More lanes than topics are of no use.</remarks>
    /// <value>4; 1 to 14.</value>
    [Between(1, Links.MessageLanes.DataMax)]
    public int DataLanes { get; set; } = 4;

    /// <summary>What a reconnect takes over from the connection before: <c>None</c>, <c>Tickets</c>, <c>EarlyData</c>.</summary>
    /// <remarks>Tickets save the certificates' exchange; early data (0-RTT) saves a round trip more. In early data ride only
    /// messages that continue a lane the peer knows: numbers make them harmless when an attacker repeats them. Datagrams wait for the handshake.</remarks>
    /// <value><c>EarlyData</c>.</value>
    public Resumption Resumption { get; set; } = Resumption.EarlyData;

    /// <summary>When a dialling peer must prove its address first: <c>UnderLoad</c> or <c>Always</c>.</summary>
    /// <remarks><c>Always</c> costs a first handshake a round trip, and keeps strangers with forged addresses from costing more than a packet.</remarks>
    /// <value><c>UnderLoad</c>.</value>
    public AddressValidation AddressValidation { get; set; }

    /// <summary>How the sending rate is found.</summary>
    /// <remarks>Loss-based control (<c>Cubic</c>, <c>Reno</c>) collapses on random loss, where <c>Bbr</c> keeps its rate.</remarks>
    /// <value><c>Bbr</c>.</value>
    public CongestionControl Congestion { get; set; } = CongestionControl.Bbr;

    /// <summary>The largest UDP payload in bytes that connections try on their path. They begin with 1,200 and go on where larger ones arrive.</summary>
    /// <remarks>Large packets move bulk data with less work on both sides; each connection then holds a buffer of the next power of two. Set 8952 for
    /// bulk in networks with packets of 9,000 bytes, 1452 where a network drops larger packets now and then.</remarks>
    /// <value>4096; 1200 to 65527.</value>
    [Between(1200, 65527)]
    public int UdpPayloadMax { get; set; } = 4096;

    /// <summary>After how long without a packet a connection is given up.</summary>
    /// <remarks>Not a verdict on the peer: membership probes it at once.</remarks>
    /// <value>30 seconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an idle connection is kept alive. Less than half of <see cref="IdleTimeout"/> survives a lost packet.</summary>
    /// <value>10 seconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a handshake may take.</summary>
    /// <value>5 seconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before a peer that could not be reached is dialled again; doubles to <see cref="ReconnectMax"/>, with jitter.</summary>
    /// <value>200 milliseconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan ReconnectFirst { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest such pause.</summary>
    /// <value>5 seconds.</value>
    [Between("1ms", "1d")]
    public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>One entry of <c>Chirps:Routes</c>.</summary>
public sealed class RouteOptions
{
    /// <summary>The profile.</summary>
    public Profile Profile { get; set; }

    /// <summary>The name of the backend: <c>quic</c> or <c>iggy</c>.</summary>
    public string Backend { get; set; } = "";
}

/// <summary>Section <c>Chirps:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Longest Control payload in bytes.</summary>
    /// <value>4 MiB.</value>
    [Between(1, 256 << 20), Reloads("up to what it was at the start")]
    public int ControlBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest Ephemeral payload in bytes. What does not fit in a datagram takes a stream of its own.</summary>
    /// <value>64 KiB.</value>
    [Between(1, 1 << 20), Reloads("up to what it was at the start")]
    public int EphemeralBytes { get; set; } = 64 * 1024;

    /// <summary>Longest Durable payload in bytes.</summary>
    /// <value>16 MiB.</value>
    [Between(1, 60_000_000), Reloads]
    public int DurableBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a Control send may take when the caller does not say.</summary>
    /// <value>5 seconds.</value>
    [Between("1ms", "1d"), Reloads]
    public TimeSpan ControlDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Control messages per peer and lane that may be on their way; a power of two, at most 65,536. More wait in turn.</summary>
    /// <value>8,192.</value>
    [Between(1, FrameCodec.WindowMax)]
    public int ControlWindow { get; set; } = 8192;

    /// <summary>Payload bytes per peer and lane that may be on their way.</summary>
    /// <value>8 MiB.</value>
    [Between(1, 1 << 30)]
    public int ControlWindowBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Control sends per peer and lane that may wait for room or a connection; one more is rejected with <c>QueueFull</c>.</summary>
    /// <value>65,536.</value>
    [Between(0, 1 << 20), Reloads]
    public int ControlWaiting { get; set; } = 65536;

    /// <summary>Payload bytes per peer and lane that may wait; what does not fit is rejected with <c>QueueFull</c>.</summary>
    /// <value>64 MiB.</value>
    [Between(0, 1 << 30), Reloads]
    public int ControlWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Messages that wait for one subscriber.</summary>
    /// <value>16,384.</value>
    [Between(1, 1 << 20)]
    public int SubscriberQueue { get; set; } = 16384;

    /// <summary>Membership datagrams that wait for the protocol loop; more are dropped and counted.</summary>
    /// <value>4,096.</value>
    [Between(16, 1 << 20)]
    public int LoopInbox { get; set; } = 4096;

    /// <summary>Membership changes that wait for one watcher; it sees a gap in the versions when more come.</summary>
    /// <value>1,024.</value>
    [Between(1, 1 << 20)]
    public int MembershipFeed { get; set; } = 1024;

    /// <summary>The longest frame taken from a peer, without its length field.</summary>
    internal int FrameBytesMax => ControlBytes + FrameCodec.HeaderBytesMax;
}
