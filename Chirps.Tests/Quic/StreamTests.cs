using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class StreamTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Megabytes_come_back_as_they_were_sent(bool segmentation)
    {
        using var loopback = new Loopback(options => options with { Segmentation = segmentation });
        Assert.Equal(segmentation, loopback.ServerEndpoint.Features.HasFlag(TransportFeatures.SegmentationOffload));
        var sent = new byte[8 << 20];
        new Random(1).NextBytes(sent);
        var echo = new Collector();
        loopback.Server.OnStreamData = Echo;
        loopback.Client.OnStreamData = echo.Take;
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(4);

        await Writer.WriteAll(loopback.Client, stream, sent, 50_000);
        stream.Complete();

        var received = await echo.Whole("the echo is complete");
        Assert.True(sent.AsSpan().SequenceEqual(received));
        Assert.Same(stream, await loopback.Client.StreamClosedEvent("client"));
    }

    [Fact]
    public async Task An_urgent_message_overtakes_bulk()
    {
        using var loopback = new Loopback();
        var bulkAtUrgent = TestHandler.New<long>();
        long bulk = 0;
        loopback.Server.OnStreamData = (_, data, _) =>
        {
            if (data.Length == 6 && data.SequenceEqual("urgent"u8))
            {
                bulkAtUrgent.TrySetResult(bulk);
            }

            bulk += data.Length;
        };
        var (client, _) = await loopback.Connect();
        var slow = client.OpenStream(7);
        slow.SendLimit = 64 << 20;
        Assert.True(slow.TryWrite(new byte[64 << 20], default));

        var urgent = client.OpenStream(0);
        Assert.True(urgent.TryWrite("urgent"u8, default));

        Assert.InRange(await Expect.Event(bulkAtUrgent, "the urgent message arrived"), 0, 32 << 20);
    }

    internal static void Echo(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
    {
        stream.SendLimit = int.MaxValue;
        Assert.True(data.IsEmpty || stream.TryWrite(data, default));
        if (end)
        {
            stream.Complete();
        }
    }
}
