using Chirps.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Every provider: streams.</summary>
public sealed class TransportStreamTests
{
    private const int Mebibyte = 1 << 20;

    public static TheoryData<string> Names => Providers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Megabytes_come_back_as_they_were_sent(string provider)
    {
        using var pair = new Pair(provider);
        var sent = new byte[3 * Mebibyte];
        new Random(1).NextBytes(sent);
        pair.Server.OnData = Echo;
        var received = new List<byte>();
        pair.Client.OnData = (_, data, _) => received.AddRange(data);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(4);

        Assert.True(stream.TryWrite(sent.AsSpan(0, 1000), sent.AsSpan(1000)));
        stream.Complete();

        await pair.Until(() => !pair.Client.Ended.IsEmpty, "the stream ended");
        Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()));
        Assert.Same(stream, Assert.Single(pair.Client.Ended));
        Assert.False(stream.IsOpen);
        Assert.False(stream.TryWrite("x"u8, default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_end_is_told_on_the_other_side_and_the_stream_lives_until_both_have_completed(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(4);
        stream.TryWrite("question"u8, default);
        stream.Complete();
        await pair.Until(() => !pair.Server.Completed.IsEmpty, "the server saw the end");
        var incoming = pair.Server.Opened.First();
        Assert.Empty(pair.Server.Ended);
        Assert.Equal("question"u8.ToArray(), pair.Server.Received(incoming));

        Assert.True(incoming.TryWrite("answer"u8, default));
        incoming.Complete();

        await pair.Until(() => !pair.Server.Ended.IsEmpty && !pair.Client.Ended.IsEmpty, "the stream ended on both sides");
        Assert.Equal("answer"u8.ToArray(), pair.Client.Received(stream));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Either_side_opens_streams(string provider)
    {
        using var pair = new Pair(provider);
        var (client, server) = await pair.Connect();

        client.OpenStream(0).TryWrite("there"u8, default);
        server.OpenStream(0).TryWrite("back"u8, default);

        await pair.Until(() => pair.Server.ReceivedBytes == 5 && pair.Client.ReceivedBytes == 4, "both streams arrived");
        Assert.True(pair.Server.Opened.First().Id >= 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Many_streams_keep_their_bytes_apart_and_wait_for_the_peers_limit(string provider)
    {
        const int Streams = 100; // far beyond the 8 a peer may have open at a time
        using var pair = new Pair(provider, o => o with { StreamsPerPeerMax = 8 });
        var wrong = 0;
        var open = 0;
        var openMax = 0;
        pair.Server.OnOpened = _ => openMax = Math.Max(openMax, ++open - pair.Server.Ended.Count);
        pair.Server.OnData = Echo;
        pair.Client.OnData = (stream, data, _) => wrong += data.IndexOfAnyExcept((byte)(int)stream.State!) >= 0 ? 1 : 0;
        var (client, _) = await pair.Connect();

        for (var i = 0; i < Streams; i++)
        {
            var stream = client.OpenStream(i % 8);
            stream.State = i;
            var content = new byte[1000];
            Array.Fill(content, (byte)i);
            Assert.True(stream.TryWrite(content, content));
            stream.Complete();
        }

        await pair.Until(() => pair.Client.Ended.Count == Streams, "all streams were echoed");
        Assert.Equal(0, wrong);
        Assert.Equal(2000 * Streams, pair.Client.ReceivedBytes);
        Assert.InRange(openMax, 1, 8);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_stream_opened_and_written_before_the_connection_is_up_arrives(string provider)
    {
        using var pair = new Pair(provider);

        var stream = pair.Dial().OpenStream(0);
        Assert.True(stream.TryWrite("early"u8, " bird"u8));
        stream.Complete();

        await pair.Until(() => !pair.Server.Completed.IsEmpty, "the early bytes arrived");
        Assert.Equal("early bird"u8.ToArray(), pair.Server.Received(pair.Server.Opened.First()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_not_flushed_leaves_with_a_flush(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(0);

        stream.TryWrite("held"u8, default, flush: false);
        stream.Flush();

        await pair.Until(() => pair.Server.ReceivedBytes == 4, "the bytes arrived");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_full_stream_refuses_and_says_when_it_is_writable(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(4);
        stream.SendLimit = 2 * Mebibyte;

        while (stream.TryWrite(new byte[64 << 10], default))
        {
        }

        Assert.InRange(stream.BufferedBytes, 0, 2 * Mebibyte);
        await pair.Until(() => !pair.Client.Writable.IsEmpty, "the stream is writable");
        Assert.True(stream.TryWrite(new byte[64 << 10], default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_message_is_written_whole_or_not_at_all_at_the_limit(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(4);
        stream.SendLimit = 1000;

        Assert.False(stream.TryWrite(new byte[600], new byte[401]));
        Assert.Equal(0, stream.BufferedBytes);
        Assert.True(stream.TryWrite(new byte[600], new byte[400]));
        await pair.Until(() => pair.Server.ReceivedBytes == 1000, "the message arrived");
        Assert.True(stream.IsOpen);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.SendLimit = 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_receiver_that_gives_no_credit_stalls_that_stream_alone_until_it_does(string provider)
    {
        const int Total = 3 * Mebibyte;
        using var pair = new Pair(provider, options => options with { StreamWindowBytes = Mebibyte, ConnectionWindowBytes = 4 * Mebibyte });
        var stalled = 0;
        pair.Server.OnOpened = stream => stream.AutoCredit = false;
        pair.Server.OnData = (stream, data, _) => stalled += stream.Id == pair.Server.Opened.First().Id ? data.Length : 0;
        var (client, _) = await pair.Connect();
        Assert.True(client.OpenStream(4).TryWrite(new byte[Total], default));
        await pair.Until(() => Volatile.Read(ref stalled) == Mebibyte, "the first window arrived");

        client.OpenStream(4).TryWrite(new byte[10_000], default);
        client.TrySendDatagram("still alive"u8, default, DatagramClass.Data);
        await pair.Until(() => !pair.Server.Datagrams.IsEmpty && pair.Server.ReceivedBytes == Mebibyte + 10_000, "others passed the stalled stream");
        Assert.Equal(Mebibyte, stalled);

        pair.Server.Opened.First().Credit(Mebibyte);
        await pair.Until(() => Volatile.Read(ref stalled) == 2 * Mebibyte, "another window arrived");
        pair.Server.Opened.First().AutoCredit = true;
        pair.Server.Opened.First().Credit(int.MaxValue);
        await pair.Until(() => Volatile.Read(ref stalled) == Total, "the rest arrived");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_reset_ends_the_stream_on_both_sides_without_an_end_of_data(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(4);
        stream.TryWrite("half a mess"u8, default);
        await pair.Until(() => !pair.Server.Opened.IsEmpty, "the server saw the stream");

        stream.Reset(7);

        Assert.False(stream.IsOpen);
        Assert.False(stream.TryWrite("age"u8, default));
        await pair.Until(() => !pair.Server.Ended.IsEmpty && !pair.Client.Ended.IsEmpty, "both sides saw the end");
        Assert.Empty(pair.Server.Completed);
        Assert.False(pair.Server.Opened.First().IsOpen);
        Assert.True(client.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Unread_bytes_of_reset_streams_do_not_use_up_the_connection(string provider)
    {
        const int Abandoned = 20; // a megabyte in all, four times the connection's window
        using var pair = new Pair(provider, o => o with { ConnectionWindowBytes = 256 << 10, StreamWindowBytes = 128 << 10 });
        var opened = 0;
        pair.Server.OnOpened = stream => stream.AutoCredit = ++opened > Abandoned;
        pair.Server.OnData = (stream, _, _) =>
        {
            if (!stream.AutoCredit)
            {
                stream.Reset(1);
            }
        };
        var (client, _) = await pair.Connect();

        for (var i = 0; i < Abandoned; i++)
        {
            Assert.True(client.OpenStream(4).TryWrite(new byte[50_000], default));
        }

        var final = client.OpenStream(4);
        final.TryWrite(new byte[100_000], default);
        final.Complete();
        await pair.Until(() => !pair.Server.Completed.IsEmpty, "the last stream got through");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_priority_outside_0_to_7_is_a_mistake_of_the_caller(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();

        Assert.Throws<ArgumentOutOfRangeException>(() => client.OpenStream(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.OpenStream(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.OpenStream(0).Priority = 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => client.OpenStream(0).Credit(-1));
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
