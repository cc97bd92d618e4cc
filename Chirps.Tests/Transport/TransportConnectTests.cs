using Chirps.Quic;
using Chirps.Tests.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Transport;

/// <summary>Every provider: dialling, and who the other side is.</summary>
public sealed class TransportConnectTests
{
    public static TheoryData<string> Names => Providers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Both_sides_learn_who_the_other_is(string provider)
    {
        using var pair = new Pair(provider);

        var (client, server) = await pair.Connect();

        Assert.Equal(new TransportIdentity(TestPki.Cluster, "server"), client.Peer);
        Assert.Equal(new TransportIdentity(TestPki.Cluster, "client"), server.Peer);
        Assert.True(client.IsOutgoing);
        Assert.False(server.IsOutgoing);
        Assert.True(client.IsOpen && server.IsOpen);
        Assert.NotEqual(client.Id, server.Id);
        Assert.Equal(pair.ServerEndpoint.LocalEndPoint, client.RemoteEndPoint);
        Assert.Equal(pair.ClientEndpoint.LocalEndPoint.Address, server.RemoteEndPoint.Address);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_peer_known_by_address_only_may_be_any_node_of_the_cluster(string provider)
    {
        using var pair = new Pair(provider);

        pair.Dial(expectedNode: null);

        await pair.Until(() => !pair.Client.Connections.IsEmpty, "the client is connected");
        Assert.Equal("server", pair.Client.Connections.First().Peer.Node);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nobody_answering_ends_in_a_handshake_timeout(string provider)
    {
        using var pair = new Pair(provider, o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });

        pair.ClientEndpoint.Connect(pair.Nobody, "server");

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the client gave up");
        Assert.Equal(CloseKind.HandshakeTimeout, pair.Client.Close.Kind);
        Assert.Equal(1, pair.ClientEndpoint.GetStatistics().HandshakesTimedOut);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Another_application_protocol_is_refused(string provider)
    {
        using var pair = new Pair(provider, Pair.Options(TestPki.Server), Pair.Options(TestPki.Client) with { Alpn = "other/1" });

        pair.Dial();

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the client was refused");
        Assert.Equal((CloseKind.Transport, 0x178UL), (pair.Client.Close.Kind, pair.Client.Close.Code));
        Assert.Empty(pair.Server.Connections);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_address_without_a_port_is_a_mistake_of_the_caller(string provider)
    {
        using var pair = new Pair(provider);
        await pair.Connect();

        Assert.Throws<ArgumentException>(() => pair.ClientEndpoint.Connect(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), null));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Connections_beyond_the_limit_are_refused(string provider)
    {
        using var pair = new Pair(provider, Pair.Options(TestPki.Server) with { ConnectionsMax = 1 }, Pair.Options(TestPki.Client));
        var (client, _) = await pair.Connect();

        pair.Dial();

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the second connection was refused");
        Assert.Equal(CloseKind.Transport, pair.Client.Close.Kind);
        Assert.True(client.IsOpen);
        Assert.True(pair.ServerEndpoint.GetStatistics().Drops[PacketDrop.ConnectionLimit] > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task New_credentials_serve_new_handshakes_and_old_connections_live_on(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var foreign = TestPki.Foreign("server");

        pair.ServerEndpoint.ReplaceCredentials(foreign);

        pair.Dial();
        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the new handshake was refused");
        Assert.Equal(PeerRefusal.UntrustedAuthority, pair.Client.Close.Refusal);
        client.OpenStream(0).TryWrite("old"u8, default);
        await pair.Until(() => pair.Server.ReceivedBytes == 3, "the old connection carries data");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Credentials_of_another_node_are_refused_and_nothing_changes(string provider)
    {
        using var pair = new Pair(provider);

        Assert.Throws<TlsMaterialException>(() => pair.ServerEndpoint.ReplaceCredentials(TestPki.Client));

        Assert.Equal("server", pair.ServerEndpoint.Identity.Node);
    }

    [SystemQuicFact]
    public void The_suite_runs_over_system_net_quic_too() => Assert.Equal(3, ((System.Collections.IEnumerable)Names).Cast<object[]>().Count());

    [SystemQuicFact]
    public void System_net_quic_says_who_it_is_and_warns_of_options_it_cannot_honour()
    {
        var warnings = new Warnings();
        var options = Pair.Options(TestPki.Server) with { Provider = TransportProvider.System, Congestion = CongestionControl.Cubic, Resumption = Resumption.Tickets };

        using var endpoint = QuicTransport.Open(options, new Recorder(() => { }), warnings);

        Assert.Matches(@"^System\.Net\.Quic \(msquic \d+\.\d+\.\d+\)$", endpoint.Provider);
        Assert.Equal(TransportFeatures.None, endpoint.Features);
        Assert.Contains("Congestion = Cubic", warnings.Text[0], StringComparison.Ordinal);
        Assert.Contains("Resumption = Tickets", warnings.Text[1], StringComparison.Ordinal);
    }

    /// <summary>Keeps the warnings of an endpoint.</summary>
    private sealed class Warnings : ILogger
    {
        public List<string> Text { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Text.Add(formatter(state, exception));
            }
        }
    }

    /// <summary>Skipped, with the reason, where System.Net.Quic cannot be used.</summary>
    private sealed class SystemQuicFactAttribute : FactAttribute
    {
        public SystemQuicFactAttribute() => Skip = QuicTransport.WhyProviderUnsupported(TransportProvider.System);
    }
}
