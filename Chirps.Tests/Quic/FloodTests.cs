using System.Net;
using System.Net.Sockets;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Strangers cannot disturb peers that are connected, nor take all places of a handshake.</summary>
public sealed class FloodTests
{
    private const int RoundTrips = 300;

    [Fact]
    public async Task Random_datagrams_disturb_no_established_connection()
    {
        using var loopback = new Loopback();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var random = new Random(7);
        void Flood()
        {
            var bytes = new byte[random.Next(1, 1400)];
            random.NextBytes(bytes);
            socket.Send(bytes, loopback.ServerEndpoint.LocalEndPoint);
        }

        await Flooded.AllRoundTrips(loopback, RoundTrips, Flood);

        Assert.True(loopback.ServerEndpoint.GetStatistics().Drops.Values.Sum() > RoundTrips);
    }

    [Fact]
    public async Task Handshakes_of_a_foreign_authority_disturb_no_established_connection_and_leave_nothing_behind()
    {
        using var loopback = new Loopback();
        var stranger = new TestHandler();
        using var foreign = Loopback.Open(Loopback.Options(TestPki.Foreign("stranger")), stranger);

        await Flooded.AllRoundTrips(loopback, RoundTrips, () => foreign.Connect(loopback.ServerEndpoint.LocalEndPoint, "server"));

        await Expect.Eventually(() => loopback.ServerEndpoint.GetStatistics() is { HandshakesPending: 0, Connections: 1 }, "the strangers are gone");
        Assert.Equal(1, loopback.Server.ConnectedCount);
        Assert.True(loopback.ServerEndpoint.GetStatistics().Refusals[PeerRefusal.UntrustedAuthority] > 0);
    }

    [Fact]
    public async Task A_silent_client_gets_at_most_three_times_what_it_sent_before_its_address_is_proven()
    {
        using var loopback = new Loopback(options => options with { HandshakeTimeout = TimeSpan.FromSeconds(2) });
        using var relay = new OneWayRelay(loopback.ServerEndpoint.LocalEndPoint);

        loopback.ClientEndpoint.Connect(relay.EndPoint, "server");
        await Expect.Eventually(() => loopback.ServerEndpoint.GetStatistics().HandshakesTimedOut == 1, "the server has given up");

        Assert.InRange(relay.Answered, 1, 3 * relay.Passed);
    }

    [Fact]
    public async Task Silent_strangers_take_a_quarter_of_the_places_and_then_must_prove_their_address()
    {
        const int Places = 64;
        using var loopback = new Loopback(options => options with { HandshakesMax = Places, HandshakeTimeout = TimeSpan.FromSeconds(30) });
        using var relay = new OneWayRelay(loopback.ServerEndpoint.LocalEndPoint, connectionsMax: int.MaxValue);
        for (var dial = 0; dial < 2 * Places; dial++)
        {
            loopback.ClientEndpoint.Connect(relay.EndPoint, "server");
        }

        await Expect.Eventually(() => loopback.ServerEndpoint.GetStatistics().Drops[PacketDrop.AddressUnproven] >= Places, "strangers are asked for a proof");

        Assert.Equal(Places / 4, loopback.ServerEndpoint.GetStatistics().HandshakesPending);
    }

    [Fact]
    public void One_source_has_its_share_and_others_theirs()
    {
        var limit = new SourceLimit(most: 2);
        var (first, other) = (IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"));
        var (left, right) = (IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8::2"));

        Assert.True(limit.TryTake(first) && limit.TryTake(first) && limit.TryTake(other));
        Assert.False(limit.TryTake(first));
        Assert.True(limit.TryTake(left) && limit.TryTake(right)); // one /64 is one source
        Assert.False(limit.TryTake(left));
        limit.Return(right);
        Assert.True(limit.TryTake(left));
    }

    private static class Flooded
    {
        /// <summary>Sends a message and waits for its echo, again and again, with something hostile before each.</summary>
        public static async Task AllRoundTrips(Loopback loopback, int count, Action flood)
        {
            loopback.Server.OnStreamData = (stream, data, _) => stream.TryWrite(data, default);
            var answers = System.Threading.Channels.Channel.CreateUnbounded<int>();
            loopback.Client.OnStreamData = (_, data, _) => answers.Writer.TryWrite(data.Length);
            var (client, _) = await loopback.Connect();
            var stream = client.OpenStream(0);
            for (var round = 0; round < count; round++)
            {
                flood();
                flood();
                stream.TryWrite(new byte[64], default);
                for (var received = 0; received < 64;)
                {
                    received += await answers.Reader.ReadAsync(new CancellationTokenSource(Expect.Patience).Token);
                }
            }

            Assert.True(client.IsOpen);
        }
    }
}
