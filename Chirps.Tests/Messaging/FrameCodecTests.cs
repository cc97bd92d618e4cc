using Chirps.Engine.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace Chirps.Tests.Messaging;

public sealed class FrameCodecTests
{
    private static readonly Guid _id = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void A_message_comes_back_as_it_was_written()
    {
        var header = FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 7, _id, "orders"u8, payloadBytes: 3);
        byte[] bytes = [.. header, 1, 2, 3];

        Assert.True(FrameCodec.TryRead(bytes.AsSpan(FrameCodec.LengthBytes), out var frame, out _));

        Assert.Equal((FrameKind.Message, 7UL, _id), (frame.Kind, frame.Sequence, frame.MessageId));
        Assert.Equal("orders"u8.ToArray(), frame.Topic.ToArray());
        Assert.Equal(new byte[] { 1, 2, 3 }, frame.Body.ToArray());
        Assert.Equal(bytes.Length - FrameCodec.LengthBytes, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes));
    }

    [Fact]
    public void A_best_effort_message_comes_back_from_a_datagram()
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, "t"u8), 9];

        Assert.True(FrameCodec.TryReadDatagram(datagram, out var frame, out _));

        Assert.Equal((FrameKind.Ephemeral, _id, 9), (frame.Kind, frame.MessageId, frame.Body[0]));
    }

    [Fact]
    public void A_hello_carries_generation_lane_and_limit()
    {
        var bytes = FrameCodec.WriteHello(new byte[32], lane: 3, generation: 99, frameBytesMax: 5000);

        Assert.True(FrameCodec.TryRead(bytes[FrameCodec.LengthBytes..], out var frame, out _));

        Assert.Equal((FrameKind.Hello, (byte)3, 99UL, 5000), (frame.Kind, frame.Lane, frame.Generation, frame.FrameBytesMax));
    }

    [Fact]
    public void A_hello_of_another_protocol_version_is_unknown()
    {
        var bytes = FrameCodec.WriteHello(new byte[32], 0, 1, 1).ToArray();
        bytes[FrameCodec.LengthBytes + 1]++;

        Assert.False(FrameCodec.TryRead(bytes.AsSpan(FrameCodec.LengthBytes), out _, out var fault));
        Assert.Equal(FrameFault.Unknown, fault);
    }

    [Fact]
    public void An_acknowledgement_lists_what_was_refused()
    {
        Refusal[] refused = [new(4, RefusalReason.NoSubscriber), new(6, RefusalReason.SubscriberFull)];
        var bytes = FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], 8, refused);

        Assert.True(FrameCodec.TryRead(bytes[FrameCodec.LengthBytes..], out var frame, out _));
        var body = frame.Body;

        Assert.Equal(8UL, frame.Sequence);
        Assert.True(FrameCodec.TryReadRefusal(ref body, out var first));
        Assert.True(FrameCodec.TryReadRefusal(ref body, out var second));
        Assert.False(FrameCodec.TryReadRefusal(ref body, out _));
        Assert.Equal((IEnumerable<Refusal>)refused, [first, second]);
    }

    [Theory]
    [InlineData(new byte[] { }, FrameFault.Truncated)]
    [InlineData(new byte[] { 2, 0, 0 }, FrameFault.Truncated)]
    [InlineData(new byte[] { 99 }, FrameFault.Unknown)]
    [InlineData(new byte[] { 4, 0 }, FrameFault.TooLong)]
    public void Bytes_that_are_no_frame_are_refused_with_the_reason(byte[] bytes, FrameFault expected)
    {
        Assert.False(FrameCodec.TryRead(bytes, out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void An_empty_topic_is_refused()
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, default)];

        Assert.False(FrameCodec.TryReadDatagram(datagram, out _, out var fault));
        Assert.Equal(FrameFault.BadTopic, fault);
    }

    [Fact]
    public void A_topic_that_is_not_utf8_is_refused()
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, [0xff, 0xfe])];

        Assert.False(FrameCodec.TryReadDatagram(datagram, out _, out var fault));
        Assert.Equal(FrameFault.BadTopic, fault);
    }

    [Fact]
    public void No_bytes_make_the_codec_throw()
        => Prop.ForAll<byte[]>(bytes =>
        {
            FrameCodec.TryRead(bytes, out var frame, out _);
            FrameCodec.TryReadDatagram(bytes, out _, out _);
            var body = frame.Body;
            while (FrameCodec.TryReadRefusal(ref body, out _))
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
