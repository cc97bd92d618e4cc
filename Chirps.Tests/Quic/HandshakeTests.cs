using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Both_sides_learn_who_the_other_is()
    {
        using var loopback = new Loopback();

        var (client, server) = await loopback.Connect();

        Assert.Equal(new TransportIdentity(TestPki.Cluster, "server"), client.Peer);
        Assert.Equal(new TransportIdentity(TestPki.Cluster, "client"), server.Peer);
        Assert.True(client.IsOutgoing);
        Assert.False(server.IsOutgoing);
        Assert.True(client.IsOpen && server.IsOpen);
        Assert.Equal(loopback.ServerEndpoint.LocalEndPoint, client.RemoteEndPoint);
        Assert.Equal(loopback.ClientEndpoint.LocalEndPoint, server.RemoteEndPoint);
    }

    [Fact]
    public async Task A_peer_known_by_address_only_may_be_any_node_of_the_cluster()
    {
        using var loopback = new Loopback();

        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, null);

        Assert.Equal("server", (await loopback.Client.ConnectedEvent("client")).Peer.Node);
    }

    [Fact]
    public async Task Nobody_answering_ends_in_a_handshake_timeout()
    {
        using var loopback = new Loopback(o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        var deaf = loopback.ServerEndpoint.LocalEndPoint;
        ((QuicEndpoint)loopback.ServerEndpoint).Abort();

        loopback.ClientEndpoint.Connect(deaf, "server");

        Assert.Equal(CloseKind.HandshakeTimeout, (await loopback.Client.ClosedEvent("client")).Kind);
        Assert.Equal(1, loopback.ClientEndpoint.GetStatistics().HandshakesTimedOut);
    }

    [Fact]
    public async Task Another_application_protocol_is_refused()
    {
        using var loopback = new Loopback();
        var handler = new TestHandler();
        using var other = Loopback.Open(Loopback.Options(TestPki.Client) with { Alpn = "other/1" }, handler);

        other.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");

        var info = await handler.ClosedEvent("client");
        Assert.Equal(CloseKind.Transport, info.Kind);
        Assert.Equal(0x178UL, info.Code);
        Assert.Equal(0, loopback.Server.ConnectedCount);
    }
}
