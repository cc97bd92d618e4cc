using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class DatagramTests
{
    /// <summary>What a packet needs beside a datagram, at most.</summary>
    private const int Overhead = 60;

    [Fact]
    public void A_full_queue_drops_the_oldest()
    {
        var queue = new DatagramQueue(capacity: 2);
        queue.Enqueue("1"u8, default);
        queue.Enqueue("2"u8, default);
        queue.Enqueue("3"u8, default);

        Assert.Equal(1, queue.Dropped);
        Assert.Equal((byte)'2', queue.Peek()!.Buffer[0]);
        queue.Pop();
        Assert.Equal((byte)'3', queue.Peek()!.Buffer[0]);
        queue.Pop();
        Assert.True(queue.IsEmpty);
        Assert.Null(queue.Peek());
    }

    [Fact]
    public async Task Drops_of_a_closed_connection_stay_in_the_counts_of_its_endpoint()
    {
        using var loopback = new Loopback(options => options with { DatagramQueueMax = 1 });
        var (client, server) = await loopback.Connect();
        var dropped = TestHandler.New<long>();
        loopback.Server.OnStreamData = (_, _, _) =>
        {
            // On the endpoint's own thread nothing leaves before the callback returns.
            server.TrySendDatagram("1"u8, default, DatagramClass.Data);
            server.TrySendDatagram("2"u8, default, DatagramClass.Data);
            server.TrySendDatagram("3"u8, default, DatagramClass.Data);
            dropped.TrySetResult(server.GetStatistics().DatagramsDropped);
        };

        client.OpenStream(0).TryWrite("go"u8, default);

        Assert.Equal(2, await Expect.Event(dropped, "the server has sent"));
        client.Close(0, "done");
        await loopback.Server.ClosedEvent("server");
        Assert.Equal(2, loopback.ServerEndpoint.GetStatistics().DatagramsDropped);
    }

    [Theory]
    [InlineData(8952, 8952)]
    [InlineData(1452, 1452)]
    [InlineData(1200, 1200)]
    public async Task A_connection_finds_the_packets_its_path_carries_up_to_the_option(int option, int found)
    {
        using var loopback = new Loopback(options => options with { UdpPayloadMax = option });
        var (client, _) = await loopback.Connect();

        await Expect.Eventually(() => client.MaxDatagramSize >= found - Overhead, "it was found");

        Assert.InRange(client.MaxDatagramSize, found - Overhead, found);
    }

    [Fact]
    public async Task A_path_that_swallows_large_packets_costs_no_data()
    {
        using var loopback = new Loopback();
        using var relay = new LossyRelay(loopback.ServerEndpoint.LocalEndPoint, loss: 0, seed: 1, largest: 1452);
        var sent = new byte[300_000];
        new Random(4).NextBytes(sent);
        var echo = new Collector();
        loopback.Server.OnStreamData = StreamTests.Echo;
        loopback.Client.OnStreamData = echo.Take;
        loopback.ClientEndpoint.Connect(relay.EndPoint, "server");
        var client = await loopback.Client.ConnectedEvent("client");

        var stream = client.OpenStream(4);
        Assert.True(stream.TryWrite(sent, default));
        stream.Complete();

        Assert.Equal(sent, await echo.Whole("the echo is complete"));
        await Expect.Eventually(() => client.MaxDatagramSize >= 1452 - Overhead, "the path's own size was found");
        Assert.InRange(client.MaxDatagramSize, 1452 - Overhead, 1452);
    }

    [Fact]
    public void A_datagram_being_sent_is_not_dropped_under_the_senders_hands()
    {
        var queue = new DatagramQueue(capacity: 1);
        queue.Enqueue("1"u8, default);
        var current = queue.Peek();
        queue.Enqueue("2"u8, default);
        queue.Enqueue("3"u8, default);

        Assert.Equal((byte)'1', current!.Buffer[0]);
        Assert.Equal(1, queue.Dropped);
        queue.Pop();
        Assert.Equal((byte)'3', queue.Peek()!.Buffer[0]);
    }
}
