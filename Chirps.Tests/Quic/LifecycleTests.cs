using System.Net;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class LifecycleTests
{
    [Fact]
    public async Task The_peer_learns_code_and_reason_of_a_close()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();

        client.Close(4242, "going away");
        client.Close(1, "too late");

        var local = await loopback.Client.ClosedEvent("client");
        var peer = await loopback.Server.ClosedEvent("server");
        Assert.Equal(new CloseInfo(CloseKind.Local, 4242, "going away", PeerRefusal.None, new TransportIdentity(TestPki.Cluster, "server")), local);
        Assert.Equal(new CloseInfo(CloseKind.Peer, 4242, "going away", PeerRefusal.None, new TransportIdentity(TestPki.Cluster, "client")), peer);
        Assert.False(client.IsOpen);
        Assert.False(client.OpenStream(0).IsOpen);
        Assert.False(client.TrySendDatagram("x"u8, default, DatagramClass.Data));
    }

    [Fact]
    public async Task A_long_reason_is_cut_between_characters()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();

        client.Close(1, new string('ä', 500));

        Assert.Equal(new string('ä', 128), (await loopback.Server.ClosedEvent("server")).Reason);
    }

    [Fact]
    public async Task Streams_close_before_their_connection()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(1);
        stream.TryWrite("x"u8, default);
        await loopback.Server.StreamOpenedEvent("server");

        client.Close(0, string.Empty);

        await loopback.Client.StreamClosedEvent("client");
        await loopback.Server.StreamClosedEvent("server");
        await loopback.Server.ClosedEvent("server");
        Assert.False(stream.IsOpen);
    }

    [Fact]
    public async Task A_silent_connection_times_out_on_both_sides()
    {
        using var loopback = new Loopback(o => o with { IdleTimeout = TimeSpan.FromMilliseconds(300), KeepAlive = TimeSpan.Zero });
        await loopback.Connect();

        Assert.Equal(CloseKind.IdleTimeout, (await loopback.Client.ClosedEvent("client")).Kind);
        Assert.Equal(CloseKind.IdleTimeout, (await loopback.Server.ClosedEvent("server")).Kind);
    }

    [Fact]
    public async Task Keep_alive_outlives_the_idle_timeout_of_others()
    {
        var idle = TimeSpan.FromMilliseconds(300);
        using var kept = new Loopback(o => o with { IdleTimeout = idle, KeepAlive = TimeSpan.FromMilliseconds(60) });
        using var other = new Loopback(o => o with { IdleTimeout = idle * 3, KeepAlive = TimeSpan.Zero });
        var (client, _) = await kept.Connect();
        await other.Connect();

        await other.Client.ClosedEvent("the other client"); // three idle timeouts have passed

        Assert.True(client.IsOpen);
        Assert.Equal(0, kept.Client.ClosedCount);
    }

    [Fact]
    public async Task A_peer_that_vanishes_is_given_up()
    {
        using var loopback = new Loopback(o => o with { IdleTimeout = TimeSpan.FromMilliseconds(400), KeepAlive = TimeSpan.FromMilliseconds(50) });
        await loopback.Connect();

        ((QuicEndpoint)loopback.ServerEndpoint).Abort();

        Assert.Equal(CloseKind.IdleTimeout, (await loopback.Client.ClosedEvent("client")).Kind);
    }

    [Fact]
    public async Task A_peer_that_comes_back_without_its_state_resets_the_connection()
    {
        using var loopback = new Loopback(o => o with { KeepAlive = TimeSpan.FromMilliseconds(50) });
        await loopback.Connect();
        var port = loopback.ServerEndpoint.LocalEndPoint.Port;
        ((QuicEndpoint)loopback.ServerEndpoint).Abort();

        using var reborn = Loopback.Open(Loopback.Options(TestPki.Server) with { Bind = new IPEndPoint(IPAddress.Loopback, port) }, new TestHandler());

        Assert.Equal(CloseKind.StatelessReset, (await loopback.Client.ClosedEvent("client")).Kind);
        Assert.True(reborn.GetStatistics().ResetsSent > 0);
    }

    [Fact]
    public async Task Disposing_an_endpoint_tells_both_sides_once()
    {
        using var loopback = new Loopback();
        await loopback.Connect();

        loopback.ClientEndpoint.Dispose();
        loopback.ClientEndpoint.Dispose();

        Assert.Equal(CloseKind.EndpointClosed, (await loopback.Client.ClosedEvent("client")).Kind);
        Assert.Equal(1, loopback.Client.ClosedCount);
        Assert.Equal(CloseKind.Peer, (await loopback.Server.ClosedEvent("server")).Kind);
        Assert.Throws<ObjectDisposedException>(() => loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, null));
    }

    [Fact]
    public async Task An_endpoint_can_be_disposed_from_a_callback()
    {
        using var loopback = new Loopback();
        loopback.Client.OnConnected = _ => loopback.ClientEndpoint.Dispose();

        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");

        Assert.Equal(CloseKind.EndpointClosed, (await loopback.Client.ClosedEvent("client")).Kind);
    }

    [Fact]
    public async Task A_failing_handler_closes_only_its_connection()
    {
        using var loopback = new Loopback();
        loopback.Server.OnDatagram = (_, _) => throw new InvalidOperationException("by intent");
        var connected = 0;
        var second = TestHandler.New<ITransportConnection>();
        loopback.Server.OnConnected = connection => Expect.When(++connected == 2, second, connection);
        var (client, _) = await loopback.Connect();
        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        var other = await Expect.Event(second, "the second connection is up");

        client.TrySendDatagram("x"u8, default, DatagramClass.Data);

        var info = await loopback.Client.ClosedEvent("client");
        Assert.Equal((CloseKind.Transport, 1UL), (info.Kind, info.Code));
        Assert.Equal(CloseKind.Local, (await loopback.Server.ClosedEvent("server")).Kind);
        Assert.True(other.IsOpen);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused()
    {
        using var loopback = new Loopback(o => o with { ConnectionsMax = 1 });
        await loopback.Connect();

        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");

        var info = await loopback.Client.ClosedEvent("client");
        Assert.Equal((CloseKind.Transport, 2UL), (info.Kind, info.Code));
        Assert.True(loopback.ServerEndpoint.GetStatistics().Drops[PacketDrop.ConnectionLimit] > 0);
    }

    [Fact]
    public async Task Under_load_clients_prove_their_address_and_still_connect()
    {
        using var loopback = new Loopback(o => o with { HandshakesMax = 8 });
        const int Clients = 40;
        var up = 0;
        var all = TestHandler.New<bool>();
        loopback.Client.OnConnected = _ => Expect.When(Interlocked.Increment(ref up) + loopback.Client.ClosedCount == Clients, all, true);
        loopback.Client.OnClosed = (_, info) => Expect.When(info.Code == 2 && up + loopback.Client.ClosedCount == Clients, all, true);

        for (var i = 0; i < Clients; i++)
        {
            loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        }

        await Expect.Event(all, "every client has an answer");
        Assert.True(loopback.ServerEndpoint.GetStatistics().RetriesSent > 0);
        Assert.True(up > 0);
        Assert.Equal(0, loopback.ServerEndpoint.GetStatistics().HandshakesPending);
    }

    [Fact]
    public async Task New_credentials_serve_new_handshakes_and_old_connections_live_on()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();
        var echo = new Collector();
        loopback.Server.OnStreamData = StreamTests.Echo;
        loopback.Client.OnStreamData = echo.Take;
        var material = DevelopmentCertificates.IssueNode(TestPki.OtherAuthority, TestPki.Cluster, "server", TimeSpan.FromHours(1)) with { AuthorityPem = TestPki.Authority.CertificatePem };

        ((QuicEndpoint)loopback.ServerEndpoint).Tls.Replace(material);

        var stream = client.OpenStream(0);
        stream.TryWrite("old"u8, default);
        stream.Complete();
        Assert.Equal("old"u8.ToArray(), await echo.Whole("the old connection echoes"));
        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        Assert.Equal(PeerRefusal.UntrustedAuthority, (await loopback.Client.ClosedEvent("client")).Refusal);
    }
}
