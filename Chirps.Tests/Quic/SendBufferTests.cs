using Chirps.Quic;
using Chirps.Quic.Native;

namespace Chirps.Tests.Quic;

public sealed unsafe class SendBufferTests
{
    [Fact]
    public void Bytes_come_out_in_order_across_blocks()
    {
        using var pool = new BlockPool();
        var buffer = new SendBuffer(pool);
        var written = new byte[100_000];
        new Random(2).NextBytes(written);

        Assert.True(buffer.TryAppend(written.AsSpan(0, 33), written.AsSpan(33), int.MaxValue));
        buffer.Complete();

        var read = new List<byte>();
        var vectors = stackalloc NgVec[4];
        while (buffer.HasWork)
        {
            var count = buffer.Gather(vectors, 4, 1400, out var total, out var end);
            for (var i = 0; i < count; i++)
            {
                read.AddRange(new ReadOnlySpan<byte>(vectors[i].Base, (int)vectors[i].Length));
            }

            buffer.MarkSent(total, end);
            buffer.Acknowledge(read.Count - (read.Count / 3));
        }

        Assert.Equal(written, read);
        Assert.True(buffer.EndSent);
        buffer.Close();
    }

    [Fact]
    public void Bytes_written_while_others_are_sent_and_acknowledged_stay_whole()
    {
        const int Messages = 20_000;
        using var pool = new BlockPool();
        var buffer = new SendBuffer(pool);
        long written = 0;
        var writer = new Thread(() => written = WriteCounting(buffer, Messages));
        writer.Start();

        long read = 0;
        var intact = true;
        while (!buffer.EndSent)
        {
            intact &= ReadCounting(buffer, ref read);
            buffer.Acknowledge(read);
        }

        writer.Join();
        Assert.Equal(written, read);
        Assert.True(intact);
        buffer.Close();
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void The_limit_is_what_may_be_unacknowledged(int bytes, bool fits)
    {
        using var pool = new BlockPool();
        var buffer = new SendBuffer(pool);

        Assert.Equal(fits, buffer.TryAppend(new byte[bytes], default, 100));
        buffer.Close();
    }

    [Fact]
    public void A_refused_write_is_announced_once_when_it_fits()
    {
        using var pool = new BlockPool();
        var buffer = new SendBuffer(pool);
        buffer.TryAppend(new byte[100], default, 100);
        Assert.False(buffer.TryAppend(new byte[80], default, 100));
        buffer.MarkSent(100, false);

        Assert.False(buffer.Acknowledge(79)); // 21 left: below half, but 80 do not fit
        Assert.True(buffer.Acknowledge(80));
        Assert.False(buffer.Acknowledge(100));
        buffer.Close();
    }

    [Fact]
    public void Nothing_can_be_written_after_the_end()
    {
        using var pool = new BlockPool();
        var buffer = new SendBuffer(pool);
        buffer.Complete();

        Assert.False(buffer.TryAppend("x"u8, default, 100));
        Assert.True(buffer.HasOnlyEnd);
        buffer.Close();
    }

    [Fact]
    public void A_token_bucket_lets_a_burst_through_and_then_its_rate()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 3);
        var start = Clock.Second;

        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => bucket.TryTake(start)));
        Assert.True(bucket.TryTake(start + (Clock.Second / 10)));
        Assert.False(bucket.TryTake(start + (Clock.Second / 10)));
    }

    /// <summary>Writes messages of several sizes whose bytes count on.</summary>
    private static long WriteCounting(SendBuffer buffer, int messages)
    {
        var random = new Random(3);
        long written = 0;
        var message = new byte[40_000];
        for (var left = messages; left > 0; left--)
        {
            var length = random.Next(100) == 0 ? random.Next(1, message.Length) : random.Next(1, 300);
            for (var i = 0; i < length; i++)
            {
                message[i] = (byte)(written + i);
            }

            while (!buffer.TryAppend(message.AsSpan(0, length / 2), message.AsSpan(length / 2, length - (length / 2)), 100_000))
            {
                Thread.Yield();
            }

            written += length;
        }

        buffer.Complete();
        return written;
    }

    /// <returns>Whether the bytes sent now count on from <paramref name="read"/>.</returns>
    private static bool ReadCounting(SendBuffer buffer, ref long read)
    {
        var vectors = stackalloc NgVec[4];
        var count = buffer.Gather(vectors, 4, 30_000, out var total, out var end);
        var intact = true;
        for (var i = 0; i < count; i++)
        {
            foreach (var value in new ReadOnlySpan<byte>(vectors[i].Base, (int)vectors[i].Length))
            {
                intact &= value == (byte)read;
                read++;
            }
        }

        buffer.MarkSent(total, end);
        return intact;
    }
}
