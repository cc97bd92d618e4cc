using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class StreamTests
{
    [Fact]
    public async Task Megabytes_come_back_as_they_were_sent()
    {
        using var loopback = new Loopback();
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
    public async Task Many_streams_keep_their_bytes_apart_and_wait_for_the_peers_limit()
    {
        const int Streams = 300; // far beyond the 64 a peer may have open at a time
        using var loopback = new Loopback();
        var done = new CountdownEvent(Streams);
        var all = TestHandler.New<bool>();
        var wrong = 0;
        loopback.Server.OnStreamData = Echo;
        loopback.Client.OnStreamData = (stream, data, end) =>
        {
            var expected = (byte)(int)stream.State!;
            wrong += data.IndexOfAnyExcept(expected) >= 0 ? 1 : 0;
            if (end && done.Signal())
            {
                all.TrySetResult(true);
            }
        };
        var (client, _) = await loopback.Connect();

        for (var i = 0; i < Streams; i++)
        {
            var stream = client.OpenStream(i % 8);
            stream.State = i;
            var content = new byte[1000];
            Array.Fill(content, (byte)i);
            Assert.True(stream.TryWrite(content, content));
            stream.Complete();
        }

        await Expect.Event(all, "all streams were echoed");
        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task A_stream_opened_and_written_before_the_connection_is_up_arrives()
    {
        using var loopback = new Loopback();
        var arrived = new Collector();
        loopback.Server.OnStreamData = arrived.Take;
        var connection = loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");

        var stream = connection.OpenStream(0);
        Assert.True(stream.TryWrite("early"u8, " bird"u8));
        stream.Complete();

        Assert.Equal("early bird"u8.ToArray(), await arrived.Whole("the early bytes arrived"));
    }

    [Fact]
    public async Task A_full_stream_refuses_and_says_when_it_is_writable()
    {
        using var loopback = new Loopback();
        var writable = TestHandler.New<int>();
        loopback.Client.OnStreamWritable = stream => writable.TrySetResult(stream.BufferedBytes);
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(4);
        stream.SendLimit = 2 << 20;

        while (stream.TryWrite(new byte[64 << 10], default))
        {
        }

        Assert.InRange(stream.BufferedBytes, 0, 2 << 20);
        Assert.InRange(await Expect.Event(writable, "the stream is writable"), 0, 1 << 20);
        Assert.True(stream.TryWrite(new byte[64 << 10], default));
    }

    [Fact]
    public async Task A_message_is_written_whole_or_not_at_all_at_the_limit()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(4);
        stream.SendLimit = 1000;

        Assert.False(stream.TryWrite(new byte[600], new byte[401]));
        Assert.Equal(0, stream.BufferedBytes);
        Assert.True(stream.TryWrite(new byte[600], new byte[400]));
        Assert.True(stream.IsOpen);
    }

    [Fact]
    public async Task A_receiver_that_gives_no_credit_stalls_its_sender_until_it_does()
    {
        const int Total = 3 << 20;
        const int Window = 512 << 10;
        using var loopback = new Loopback(o => o with { StreamWindowBytes = Window });
        var received = 0;
        var window = TestHandler.New<ITransportStream>();
        var everything = TestHandler.New<bool>();
        loopback.Server.OnStreamOpened = stream => stream.AutoCredit = false;
        loopback.Server.OnStreamData = (stream, data, _) =>
        {
            received += data.Length;
            if (received == Window)
            {
                window.TrySetResult(stream);
            }

            if (received == Total)
            {
                everything.TrySetResult(true);
            }

            if (received > Window)
            {
                stream.Credit(data.Length);
            }
        };
        var (client, server) = await loopback.Connect();
        var stream = client.OpenStream(4);
        Assert.True(stream.TryWrite(new byte[Total], default));

        var incoming = await Expect.Event(window, "the first window arrived");
        var fresh = TestHandler.New<bool>();
        loopback.Server.OnDatagram = (_, _) => fresh.TrySetResult(true);
        client.TrySendDatagram("still alive"u8, default, DatagramClass.Data);
        await Expect.Event(fresh, "a datagram passed the stalled stream");
        Assert.Equal(Window, received);

        incoming.Credit(Window);
        await Expect.Event(everything, "the rest arrived");
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

    [Fact]
    public async Task A_reset_ends_the_stream_on_both_sides_without_an_end_of_data()
    {
        using var loopback = new Loopback();
        var ends = 0;
        loopback.Server.OnStreamData = (_, _, end) => ends += end ? 1 : 0;
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(4);
        stream.TryWrite("half a mess"u8, default);
        await loopback.Server.StreamOpenedEvent("server");

        stream.Reset(7);

        Assert.False(stream.IsOpen);
        Assert.False(stream.TryWrite("age"u8, default));
        await loopback.Server.StreamClosedEvent("server");
        await loopback.Client.StreamClosedEvent("client");
        Assert.Equal(0, ends);
    }

    [Fact]
    public async Task Unread_bytes_of_reset_streams_do_not_use_up_the_connection()
    {
        const int Abandoned = 20; // a megabyte in all, four times the connection's window
        using var loopback = new Loopback(o => o with { ConnectionWindowBytes = 256 << 10, StreamWindowBytes = 128 << 10 });
        var last = TestHandler.New<bool>();
        var opened = 0;
        loopback.Server.OnStreamOpened = stream =>
        {
            stream.AutoCredit = ++opened > Abandoned;
        };
        loopback.Server.OnStreamData = (stream, _, end) =>
        {
            Expect.When(end, last, true);
            if (!stream.AutoCredit)
            {
                stream.Reset(1);
            }
        };
        var (client, _) = await loopback.Connect();

        for (var i = 0; i < Abandoned; i++)
        {
            Assert.True(client.OpenStream(4).TryWrite(new byte[50_000], default));
        }

        var final = client.OpenStream(4);
        final.TryWrite(new byte[100_000], default);
        final.Complete();
        await Expect.Event(last, "the last stream got through");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8)]
    public async Task A_priority_outside_0_to_7_is_a_mistake_of_the_caller(int priority)
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();

        Assert.Throws<ArgumentOutOfRangeException>(() => client.OpenStream(priority));
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
