using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class DatagramTests
{
    [Fact]
    public void A_full_queue_drops_the_oldest()
    {
        var queue = new DatagramQueue(capacity: 2, bufferSize: 100);
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

    [Fact]
    public void A_datagram_being_sent_is_not_dropped_under_the_senders_hands()
    {
        var queue = new DatagramQueue(capacity: 1, bufferSize: 100);
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
