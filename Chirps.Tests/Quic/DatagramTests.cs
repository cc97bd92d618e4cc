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
