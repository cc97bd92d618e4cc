using System.Net;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class LifecycleTests
{
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
}
