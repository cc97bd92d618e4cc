using System.Net;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Simulation.Transport;

/// <summary>One address of the simulated network.</summary>
internal sealed class SimEndpoint : ITransportEndpoint
{
    private readonly List<SimConnection> _connections = [];
    private bool _stopping;

    public SimEndpoint(SimTransport world, int node, IPEndPoint address, QuicEndpointOptions options, ITransportHandler handler)
    {
        World = world;
        Node = node;
        LocalEndPoint = address;
        Options = options;
        Handler = handler;
        Credentials = options.Tls;
        Identity = options.IdentityOverride ?? options.Tls.ReadIdentity();
    }

    public string Provider => "simulated";

    public TransportFeatures Features => TransportFeatures.Datagrams;

    public bool IsOpen => !_stopping;

    public IPEndPoint LocalEndPoint { get; }

    public TransportIdentity Identity { get; }

    internal SimTransport World { get; }

    internal int Node { get; }

    internal QuicEndpointOptions Options { get; }

    internal ITransportHandler Handler { get; }

    internal TlsMaterial Credentials { get; private set; }

    internal EndpointCounters Counters { get; } = new();

    /// <summary>Callbacks under way.</summary>
    internal int Depth { get; set; }

    public ITransportConnection Connect(IPEndPoint remote, string? expectedNode)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (remote.Port == 0 || remote.AddressFamily != LocalEndPoint.AddressFamily)
        {
            throw new ArgumentException($"{remote} cannot be reached from {LocalEndPoint}.", nameof(remote));
        }

        var connection = new SimConnection(this, isOutgoing: true, remote, expectedNode);
        _connections.Add(connection);
        connection.Dial();
        return connection;
    }

    public void ReplaceCredentials(TlsMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        Credentials = material.ReadIdentity() == Identity ? material : throw new TlsMaterialException($"certificate: does not name {Identity}.");
    }

    public EndpointStatistics GetStatistics() => Counters.Snapshot(_connections.Count);

    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        World.Forget(LocalEndPoint);
        if (Depth > 0)
        {
            World.At(World.Now, ShutDown);
        }
        else
        {
            ShutDown();
        }
    }

    /// <summary>A dial has reached us.</summary>
    internal void Admit(SimConnection client)
    {
        if (!string.Equals(client.Options.Alpn, Options.Alpn, StringComparison.Ordinal))
        {
            const ulong NoApplicationProtocol = 0x178; // RFC 9001 section 8.1
            client.Fail(NoApplicationProtocol, "no application protocol in common");
        }
        else if (_connections.Count >= Options.ConnectionsMax || Counters.HandshakesPending >= Options.HandshakesMax)
        {
            const ulong ConnectionRefused = 2; // RFC 9000 section 20.1
            Counters.Dropped(_connections.Count >= Options.ConnectionsMax ? PacketDrop.ConnectionLimit : PacketDrop.HandshakeLimit);
            client.Fail(ConnectionRefused, "too many connections");
        }
        else
        {
            var connection = new SimConnection(this, isOutgoing: false, client.Endpoint.LocalEndPoint, expectedNode: null);
            _connections.Add(connection);
            connection.Answer(client);
        }
    }

    internal void Forget(SimConnection connection) => _connections.Remove(connection);

    /// <summary>Judges a certificate as the real providers do.</summary>
    internal PeerVerdict Judge(X509Certificate2? certificate, TlsMaterial own, bool peerIsClient, string? expectedNode)
    {
        if (certificate == null)
        {
            return ChainJudge.Judge(null, null, World.WallClock, peerIsClient, Identity, expectedNode);
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(own.AuthorityPem);
        using var chain = new X509Chain { ChainPolicy = ChainJudge.CreatePolicy(authorities, peerIsClient) };
        chain.ChainPolicy.VerificationTime = World.WallClock.UtcDateTime;
        chain.Build(certificate);
        return ChainJudge.Judge(certificate, chain, World.WallClock, peerIsClient, Identity, expectedNode);
    }

    private void ShutDown()
    {
        foreach (var connection in _connections.ToArray())
        {
            connection.ShutDown();
        }
    }
}
