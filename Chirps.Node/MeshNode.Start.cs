using System.Diagnostics.Metrics;
using System.Net;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Node.Credentials;
using Chirps.Node.Udp;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <content>How a node starts.</content>
public sealed partial class MeshNode
{
    /// <inheritdoc cref="StartAsync" />
    internal static MeshNode Start(MeshOptions options, IBackendFactory? storing, IMeterFactory meters, ILoggerFactory loggers, TimeProvider wallClock)
    {
        var credentials = NodeCredentials.Load(options, wallClock, loggers.CreateLogger<MeshNode>());
        MeshNode node;
        (string Path, KeyFile Keys)? keys;
        try
        {
            keys = KeysOf(options, wallClock);
            var (generation, incarnation) = NodeIdentity.Next(options.Mesh.DataDirectory, credentials.Claim.Self, wallClock.GetUtcNow());
            node = new MeshNode(options, credentials.Claim, generation, incarnation, credentials.Tls, keys?.Keys, storing, meters, loggers, wallClock);
        }
        catch (Exception exception)
        {
            credentials.Claim.Dispose();
            if (exception is System.Net.Sockets.SocketException)
            {
                var key = options.Swim.Carrier == MembershipCarrier.Udp ? "Chirps:Udp:QuicPort" : "Chirps:Mesh:ListenAddress";
                throw new MeshConfigurationException(key, $"cannot listen on {options.Mesh.ListenAddress}: {exception.Message}", exception);
            }

            throw;
        }

        node.Begin(credentials, keys, loggers);
        return node;
    }

    private void Begin(NodeCredentials credentials, (string Path, KeyFile Keys)? keys, ILoggerFactory loggers)
    {
        _connections.Start(_endpoint);
        _loop.TryPost(WriteQuicAddress);
        _loop.TryPost((engine, now) => WriteInitialState(engine, now, _options.State));
        _credentials = new CredentialWatcher(
            credentials.Source, credentials.Tls, ReplaceCredentials, _options.Tls.ReloadInterval, _metrics, _wallClock, loggers.CreateLogger<CredentialWatcher>());
        _keeper = new IncarnationKeeper(_options.Mesh.DataDirectory, _claim.Self, loggers.CreateLogger<IncarnationKeeper>());
        _loop.SelfChanged = _keeper.Keep;
        if (_options.Mesh.Seeds.Nodes.Count > 0)
        {
            _loop.AwaitSeeds();
            _seeds = new SeedWatch(
                [.. _options.Mesh.Seeds.Nodes], Dns.GetHostAddressesAsync, _options.Mesh.Seeds.RefreshInterval, _loop.TryJoin, _wallClock, loggers.CreateLogger<SeedWatch>());
        }

        _loop.Start();
        if (keys is { } watched)
        {
            _udp!.Start();
            _keys = new KeyWatcher(watched.Path, watched.Keys, _options.Udp.KeyReloadInterval, _udp.Use, _udpMetrics!, _wallClock, loggers.CreateLogger<KeyWatcher>());
        }

        _router.Stored?.Start();
        if (!_endpoint.Features.HasFlag(TransportFeatures.Datagrams))
        {
            LogLimitedTransport(_endpoint.Provider);
        }

        LogStarted(Membership.Self.Id.ToString(), _options.Mesh.Cluster, _endpoint.LocalEndPoint.ToString(), _endpoint.Provider);
    }

    private void ReplaceCredentials(TlsMaterial material)
    {
        _endpoint.ReplaceCredentials(material);
        _material = material;
    }

    private static void WriteInitialState(SwimEngine engine, MeshInstant now, StateOptions state)
    {
        foreach (var pair in state.Initial)
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            engine.Set(now, pair[..split], System.Text.Encoding.UTF8.GetBytes(pair[(split + 1)..]));
        }
    }

    private static QuicEndpointOptions TransportOptions(MeshOptions options, TlsMaterial tls)
    {
        var quic = options.Backends.Quic;
        var listen = ListenEndPoint(options);
        return new QuicEndpointOptions
        {
            Bind = options.Swim.Carrier == MembershipCarrier.Udp ? new IPEndPoint(listen.Address, options.Udp.QuicPort) : listen,
            Tls = tls,
            Provider = quic.Provider,
            Resumption = quic.Resumption,
            AddressValidation = quic.AddressValidation,
            Congestion = quic.Congestion,
            UdpPayloadMax = quic.UdpPayloadMax,
            IdleTimeout = quic.IdleTimeout,
            KeepAlive = quic.KeepAlive,
            HandshakeTimeout = quic.HandshakeTimeout,
        };
    }
}
