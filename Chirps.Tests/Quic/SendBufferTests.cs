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
}
