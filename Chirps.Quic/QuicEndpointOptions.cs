using System.Net;

namespace Chirps.Quic;

/// <summary>How an endpoint is opened. Checked by <see cref="QuicTransport.Open(QuicEndpointOptions, ITransportHandler, Microsoft.Extensions.Logging.ILogger?)"/>; immutable afterwards.</summary>
public sealed record QuicEndpointOptions
{
    /// <summary>The address to bind; port 0 takes a free one.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>Our certificate and key, and whom we trust.</summary>
    public required TlsMaterial Tls { get; init; }

    /// <summary>The application protocol both sides must agree on.</summary>
    /// <value><c>chirps/1</c> by default; 1 to 255 ASCII characters.</value>
    public string Alpn { get; init; } = "chirps/1";

    /// <summary>The congestion controller of new connections.</summary>
    /// <remarks>BBR keeps its rate under random loss and its pacing keeps queues short, which small messages beside bulk need.</remarks>
    /// <value><see cref="CongestionControl.Bbr"/> by default.</value>
    public CongestionControl Congestion { get; init; } = CongestionControl.Bbr;

    /// <summary>Who carries the packets.</summary>
    /// <value><see cref="TransportProvider.Auto"/> by default.</value>
    public TransportProvider Provider { get; init; }

    /// <summary>What to do with sessions had before.</summary>
    /// <value><see cref="Resumption.EarlyData"/> by default.</value>
    public Resumption Resumption { get; init; } = Resumption.EarlyData;

    /// <summary>Bytes of early data that a client sends and a server takes before a handshake is done; a client that sends more is refused.</summary>
    /// <value>64 KiB by default.</value>
    public int EarlyDataMaxBytes { get; init; } = 64 * 1024;

    /// <summary>When clients must prove their address.</summary>
    /// <value><see cref="AddressValidation.UnderLoad"/> by default.</value>
    public AddressValidation AddressValidation { get; init; }

    /// <summary>A connection that hears nothing for this long is given up. The smaller value of both sides counts.</summary>
    /// <value>30 seconds by default; at least 10 milliseconds.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent before it sends a ping; zero for never.</summary>
    /// <remarks>Must be below <see cref="IdleTimeout"/> to keep an unused connection open.</remarks>
    /// <value>10 seconds by default.</value>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a handshake may take.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes a peer may have in flight on one stream before it needs credit.</summary>
    /// <remarks>Bounds memory and the delay bulk can put before urgent data; below <see cref="ConnectionWindowBytes"/> one stalled
    /// stream cannot stop the others. A stream carries at most this much per round trip: 100 MB/s at 10 ms.</remarks>
    /// <value>1 MiB by default.</value>
    public int StreamWindowBytes { get; init; } = 1 << 20;

    /// <summary>Bytes a peer may have in flight on all streams of a connection before it needs credit.</summary>
    /// <value>4 MiB by default.</value>
    public int ConnectionWindowBytes { get; init; } = 4 << 20;

    /// <summary>The <see cref="ITransportStream.SendLimit"/> of new streams.</summary>
    /// <value>4 MiB by default.</value>
    public int StreamSendLimitBytes { get; init; } = 4 << 20;

    /// <summary>Streams a peer may have open at a time.</summary>
    /// <value>64 by default.</value>
    public int StreamsPerPeerMax { get; init; } = 64;

    /// <summary>Connections the endpoint holds, beyond which incoming ones are refused. Our own dials count but are never refused.</summary>
    /// <value>4096 by default.</value>
    public int ConnectionsMax { get; init; } = 4096;

    /// <summary>Incoming handshakes under way, beyond which new ones are refused.</summary>
    /// <remarks>From a quarter of it on clients must prove their address with a Retry first, which costs them a round trip. One source
    /// (an IPv4 address, an IPv6 /64) may take a quarter.</remarks>
    /// <value>256 by default.</value>
    public int HandshakesMax { get; init; } = 256;

    /// <summary>Datagrams waiting on one connection, for each class; beyond it the oldest is dropped.</summary>
    /// <value>1024 by default.</value>
    public int DatagramQueueMax { get; init; } = 1024;

    /// <summary>The largest UDP payload to send once the path was probed for it (RFC 9000 section 14.3): connections begin with 1200 bytes
    /// and look for Ethernet's and for larger packets; what the path does not carry is found out without losing data.</summary>
    /// <value>4096 bytes by default: larger ones move bulk data faster still, but every connection then holds a buffer of that size; 1200 to 65527.</value>
    public int UdpPayloadMax { get; init; } = 4096;

    /// <summary>Taken instead of the certificate's identity: lets tests present a certificate without one.</summary>
    internal TransportIdentity? IdentityOverride { get; init; }

    /// <summary>False sends packets one by one, as on kernels and devices without segmentation offload: lets tests take that path.</summary>
    internal bool Segmentation { get; init; } = true;

    /// <summary>False makes a client present no certificate: lets tests be refused for it.</summary>
    internal bool PresentCertificate { get; init; } = true;

    /// <summary>Checks every limit.</summary>
    /// <exception cref="ArgumentException">A value is outside its documented range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Bind);
        ArgumentNullException.ThrowIfNull(Tls);
        Require(Alpn.Length is >= 1 and <= 255 && Alpn.All(char.IsAscii), nameof(Alpn), "1 to 255 ASCII characters");
        Require(Enum.IsDefined(Congestion), nameof(Congestion), "a known controller");
        Require(Enum.IsDefined(Provider), nameof(Provider), "a known provider");
        Require(Enum.IsDefined(Resumption), nameof(Resumption), "a known choice");
        Require(EarlyDataMaxBytes >= 0, nameof(EarlyDataMaxBytes), "zero or more");
        Require(Enum.IsDefined(AddressValidation), nameof(AddressValidation), "a known choice");
        Require(IdleTimeout >= TimeSpan.FromMilliseconds(10), nameof(IdleTimeout), "at least 10 ms");
        Require(KeepAlive >= TimeSpan.Zero, nameof(KeepAlive), "zero or more");
        Require(HandshakeTimeout > TimeSpan.Zero, nameof(HandshakeTimeout), "positive");
        Require(StreamWindowBytes >= 1, nameof(StreamWindowBytes), "positive");
        Require(ConnectionWindowBytes >= StreamWindowBytes, nameof(ConnectionWindowBytes), "at least StreamWindowBytes");
        Require(StreamSendLimitBytes >= 1, nameof(StreamSendLimitBytes), "positive");
        Require(StreamsPerPeerMax >= 1, nameof(StreamsPerPeerMax), "positive");
        Require(ConnectionsMax >= 1, nameof(ConnectionsMax), "positive");
        Require(HandshakesMax >= 1, nameof(HandshakesMax), "positive");
        Require(DatagramQueueMax >= 1, nameof(DatagramQueueMax), "positive");
        Require(UdpPayloadMax is >= 1200 and <= 65527, nameof(UdpPayloadMax), "1200 to 65527");
    }

    private static void Require(bool condition, string name, string range)
    {
        if (!condition)
        {
            throw new ArgumentException($"{name} must be {range}.", name);
        }
    }
}
