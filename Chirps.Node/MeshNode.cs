using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Node.Credentials;
using Chirps.Node.Links;
using Chirps.Node.Metrics;
using Chirps.Node.Udp;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <summary>A node of the mesh, put together: identity, transport, protocol loop, router, subscribers.</summary>
public sealed partial class MeshNode : IMeshNode, IPeerEvents, IAsyncDisposable
{
    private static readonly TimeSpan _tickPeriod = TimeSpan.FromMilliseconds(50);

    private readonly MeshOptions _options;
    private readonly ILogger<MeshNode> _logger;
    private readonly MeshMetrics _metrics;
    private readonly TimeProvider _wallClock;
    private readonly SubscriberTable _subscribers;
    private readonly MembershipLog _log;
    private readonly StateLog _state;
    private readonly PeerConnections _connections;
    private readonly MeshRouter _router;
    private readonly (int Control, int Ephemeral) _longest;
    private volatile TlsMaterial _material;
    private readonly ITransportEndpoint _endpoint;
    private readonly UdpMetrics? _udpMetrics;
    private readonly UdpCarrier? _udp;
    private readonly MeshLoop _loop;
    private readonly Timer _ticker;
    private readonly byte[] _localIds = RandomNumberGenerator.GetBytes(8);
    private readonly NodeClaim _claim;
    private CredentialWatcher? _credentials;
    private KeyWatcher? _keys;
    private SeedWatch? _seeds;
    private IncarnationKeeper? _keeper;
    private long _localMessages;
    private long _lastTick = Stopwatch.GetTimestamp();
    private int _ticking;
    private int _stopped;
    private volatile bool _leaving;

    private MeshNode(
        MeshOptions options, NodeClaim claim, Generation generation, Incarnation incarnation, TlsMaterial tls, KeyFile? keys, IBackendFactory? storing, IMeterFactory meters, ILoggerFactory loggers, TimeProvider wallClock)
    {
        var self = claim.Self;
        _options = options;
        _longest = (options.Limits.ControlBytes, options.Limits.EphemeralBytes);
        _claim = claim;
        _material = tls;
        _logger = loggers.CreateLogger<MeshNode>();
        _metrics = new MeshMetrics(meters, options.Mesh.Cluster, self.ToString());
        _wallClock = wallClock;
        _subscribers = new SubscriberTable(options.Limits.SubscriberQueue, _metrics, self.ToString());
        _log = new MembershipLog(options.Limits.MembershipFeed);
        _state = new StateLog(options.State.Feed);
        _connections = new PeerConnections(self, generation.Value, options, _subscribers, _metrics, this, wallClock, loggers.CreateLogger<PeerConnections>());
        var routes = options.Routes.Count == 0 ? DefaultRoutes : [.. options.Routes];
        var isRouted = storing is not null && routes.Any(route => route.Profile == Profile.Durable && route.Backend == storing.Name);
        _router = new MeshRouter(routes, new QuicBackend(_connections, options.Limits, _metrics), isRouted ? storing!.Create(this) : null);
        _endpoint = QuicTransport.Open(TransportOptions(options, tls), _connections, loggers);
        if (keys is not null)
        {
            _udpMetrics = new UdpMetrics(_metrics.Table);
            _udp = OpenUdp(self, generation, keys, loggers);
        }

        var bound = _udp?.LocalEndPoint ?? _endpoint.LocalEndPoint;
        var advertised = options.Mesh.AdvertiseAddress.Length > 0 && Endpoints.TryParse(options.Mesh.AdvertiseAddress, out var address)
            ? new IPEndPoint(address.Address, address.Port == 0 ? bound.Port : address.Port)
            : bound;
        var engine = new SwimEngine(
            options.SwimSettings,
            options.Mesh.Cluster,
            self,
            generation,
            incarnation,
            MemberAddress.FromIPEndPoint(advertised),
            new SeededRandom(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))),
            MeshLoop.Now());
        _loop = new MeshLoop(engine, options.Limits.LoopInbox, (IMembershipCarrier?)_udp ?? _connections, _connections, _log, _state, _metrics, wallClock, loggers.CreateLogger<MeshLoop>());
        NodeMetrics.Register(_metrics.Table, Readings());
        _ticker = new Timer(static state => ((MeshNode)state!).Tick(), this, _tickPeriod, _tickPeriod);
    }

    /// <inheritdoc />
    public string Cluster => _options.Mesh.Cluster;

    /// <inheritdoc />
    public MembershipView Membership => _loop.View;

    /// <inheritdoc />
    public Task Joined => _loop.Joined;

    /// <summary>The instruments of this node.</summary>
    public MetricTable Metrics => _metrics.Table;

    /// <summary>The links to the peers.</summary>
    internal PeerConnections Connections => _connections;

    /// <summary>What is configured.</summary>
    internal MeshOptions Options => _options;

    /// <summary>Certificate, key and authorities in force.</summary>
    internal TlsMaterial Material => _material;

    /// <summary>Who gets which topic.</summary>
    internal SubscriberTable Subscribers => _subscribers;

    /// <summary>What this node counts.</summary>
    internal MeshMetrics Counters => _metrics;

    /// <summary>The owner of the engine.</summary>
    internal MeshLoop Loop => _loop;

    /// <summary>The socket.</summary>
    internal ITransportEndpoint Transport => _endpoint;

    private static IReadOnlyList<RouteOptions> DefaultRoutes { get; } =
    [
        new RouteOptions { Profile = Profile.Control, Backend = QuicBackend.BackendName },
        new RouteOptions { Profile = Profile.Ephemeral, Backend = QuicBackend.BackendName },
        new RouteOptions { Profile = Profile.Durable, Backend = IggyOptions.BackendName },
    ];

    /// <summary>Starts a node: opens its socket, starts its loop, begins to join its seeds.</summary>
    /// <param name="options">Validated options; see <see cref="MeshOptionsValidator"/>.</param>
    /// <param name="meters">The scope of the node's meter: listeners that watch only this host's meters know it by that.</param>
    /// <param name="loggers">Makes the node's loggers.</param>
    /// <param name="wallClock">For the times in events and for the generation.</param>
    /// <param name="cancellationToken">Keeps a start that has not begun from beginning.</param>
    /// <param name="storing">Makes the backend of Durable messages, when a route leads to it; without one they are rejected with <see cref="FailureReason.NoRoute"/>.</param>
    /// <exception cref="QuicUnavailableException">The native libraries are missing or too old.</exception>
    /// <exception cref="MeshConfigurationException">Certificate or address does not fit; nothing was started.</exception>
    public static Task<MeshNode> StartAsync(MeshOptions options, IMeterFactory meters, ILoggerFactory loggers, TimeProvider wallClock, CancellationToken cancellationToken, IBackendFactory? storing = null)
        => Task.Run(() => Start(options, storing, meters, loggers, wallClock), cancellationToken);

    /// <inheritdoc />
    public MeshSubscription Subscribe(string topic, int capacity = 0) => _subscribers.Add(topic, capacity);

    /// <inheritdoc />
    public MembershipFeed WatchMembership() => _log.Watch();

    /// <inheritdoc />
    public IReadOnlyList<MembershipRecord> History(MemberId id) => _log.History(id);

    /// <inheritdoc />
    public Task<EvidenceReport?> EvidenceAsync(MemberId id, CancellationToken cancellationToken = default) => _loop.RunAsync(
        (engine, now) => engine.TryGetMember(id, out _)
            ? new EvidenceReport(engine.PhiOf(now, id), engine.RoundTripTo(id), engine.AccusationsOf(id), _wallClock.GetUtcNow(), now)
            : null,
        cancellationToken);

    /// <inheritdoc />
    public LinkReport? Link(MemberId id) => _connections.TryGetLink(id, out var link) ? LinkReportOf(link) : null;

    /// <inheritdoc />
    public async Task JoinAsync(IReadOnlyList<string> seeds, CancellationToken cancellationToken = default)
    {
        var (addresses, problem) = await Endpoints.ResolveAsync(seeds, Dns.GetHostAddressesAsync, cancellationToken).ConfigureAwait(false);
        if (addresses.Count == 0 && problem is not null)
        {
            throw new ArgumentException(problem);
        }

        if (_leaving)
        {
            throw new InvalidOperationException("A node that has begun to leave cannot join again; start a new one.");
        }

        _loop.TryJoin(addresses);
    }

    /// <inheritdoc />
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        _leaving = true;
        while (!_loop.TryPost((engine, now) => engine.Leave(now)) && !_loop.Left.IsCompleted)
        {
            await Task.Delay(_tickPeriod, cancellationToken).ConfigureAwait(false);
        }

        await _loop.Left.WaitAsync(cancellationToken).ConfigureAwait(false);
        _connections.Stop();
    }

    /// <inheritdoc />
    public NodeReport Report() => new(
        _loop.Joined.IsCompletedSuccessfully && !_leaving,
        _loop.LocalHealth,
        _connections.Count,
        _connections.Pending,
        _subscribers.Report(),
        _endpoint.Provider);

    /// <summary>Stops without leaving: the others will find this node dead. Call <see cref="LeaveAsync"/> first for a graceful end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _leaving = true;
        if (_router.Stored is { } storing)
        {
            await storing.DisposeAsync().ConfigureAwait(false);
        }

        await _ticker.DisposeAsync().ConfigureAwait(false);
        _credentials?.Dispose();
        _keys?.Dispose();
        _seeds?.Dispose();
        _connections.Stop();
        _loop.Dispose();
        _keeper?.Dispose();
        _udp?.Dispose();
        _endpoint.Dispose();
        _subscribers.Close();
        _log.Close();
        _state.Close();
        _metrics.Dispose();
        _claim.Dispose();
        LogStopped(Membership.Self.Id.ToString());
    }

    void IPeerEvents.DatagramReceived(MemberId from, MemberAddress address, ReadOnlySpan<byte> datagram)
    {
        if (_udp is null)
        {
            TakeDatagram(from, address, datagram);
        }
        else
        {
            _metrics.MessageDropped(DropReason.WrongCarrier);
        }
    }

    void IPeerEvents.ConnectionLost(MemberId peer) => _loop?.TryPost((engine, now) => engine.Unreachable(now, peer));

    bool IPeerEvents.TryGetAddress(MemberId peer, out MemberAddress address)
    {
        Member? member = null;
        address = default;
        if (_loop?.View.TryGet(peer, out member) != true)
        {
            return false;
        }

        address = member!.Address;
        return _udp is null || TryGetQuicAddress(member, out address);
    }

    void IPeerEvents.TransferReceived(MemberId from, MemberAddress address, ReadOnlySpan<byte> transfer)
    {
        // Answers go where membership goes, and not to the connection's address, when those differ.
        if (_loop?.TryPost(from, _udp is null ? address : default, transfer, isTransfer: true) != true)
        {
            _metrics.MessageDropped(DropReason.InboxFull);
        }
    }

    private static IPEndPoint ListenEndPoint(MeshOptions options) => Endpoints.TryParse(options.Mesh.ListenAddress, out var listen)
        ? listen
        : throw new MeshConfigurationException("Chirps:Mesh:ListenAddress", $"'{options.Mesh.ListenAddress}' is no address");

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        var late = Stopwatch.GetElapsedTime(_lastTick, now) - _tickPeriod;
        _lastTick = now;
        if (late > _tickPeriod)
        {
            _loop.PoolWasLate(late);
        }

        _connections.Tick();
        Volatile.Write(ref _ticking, 0);
    }

    [LoggerMessage(2010, LogLevel.Information, "Node {Node} of cluster {Cluster} listens on {Address} ({Transport})")]
    private partial void LogStarted(string node, string cluster, string address, string transport);

    [LoggerMessage(2012, LogLevel.Warning, "{Transport} has no datagrams (Ephemeral messages and membership take short streams), no early data, no priorities among lanes and no choice of congestion control; install ngtcp2 for those")]
    private partial void LogLimitedTransport(string transport);

    [LoggerMessage(2011, LogLevel.Information, "Node {Node} has stopped")]
    private partial void LogStopped(string node);
}
