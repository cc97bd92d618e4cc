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
    public void A_hello_carries_generation_and_limit()
    {
        var bytes = FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], generation: 99, frameBytesMax: 5000);

        Assert.True(FrameCodec.TryRead(bytes[FrameCodec.LengthBytes..], out var frame, out _));

        Assert.Equal((FrameKind.Hello, 99UL, 5000), (frame.Kind, frame.Generation, frame.FrameBytesMax));
    }

    [Fact]
    public void A_hello_of_another_protocol_version_is_unknown()
    {
        var bytes = FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 1).ToArray();
        bytes[FrameCodec.LengthBytes + 1]++;

        Assert.False(FrameCodec.TryRead(bytes.AsSpan(FrameCodec.LengthBytes), out _, out var fault));
        Assert.Equal(FrameFault.Unknown, fault);
    }

    [Fact]
    public void A_lane_is_opened_with_everything_its_receiver_needs()
    {
        var opening = new LaneOpening(Lane: 3, Generation: 99, PeerGeneration: 98, Epoch: 5, First: 17, Window: 1024);
        var bytes = FrameCodec.WriteOpen(new byte[FrameCodec.OpenBytes], opening);

        Assert.True(FrameCodec.TryRead(bytes[FrameCodec.LengthBytes..], out var frame, out _));

        Assert.Equal((FrameKind.Open, opening), (frame.Kind, frame.Opening));
    }

    public static TheoryData<LaneOpening> BadOpenings =>
    [
        new LaneOpening(16, 1, 0, 1, 1, 1),
        new LaneOpening(0, 0, 0, 1, 1, 1),
        new LaneOpening(0, 1, 0, 0, 1, 1),
        new LaneOpening(0, 1, 0, 1, 0, 1),
        new LaneOpening(0, 1, 0, 1, 1, 0),
        new LaneOpening(0, 1, 0, 1, 1, FrameCodec.WindowMax + 1),
    ];

    [Theory]
    [MemberData(nameof(BadOpenings))]
    public void An_opening_outside_of_its_limits_is_refused(LaneOpening opening)
    {
        var bytes = FrameCodec.WriteOpen(new byte[FrameCodec.OpenBytes], opening);

        Assert.False(FrameCodec.TryRead(bytes[FrameCodec.LengthBytes..], out _, out var fault));
        Assert.Equal(FrameFault.OutOfPlace, fault);
    }

    [Fact]
    public void Lost_and_skip_carry_their_number()
    {
        var lost = FrameCodec.WriteLost(new byte[FrameCodec.SmallBytesMax], epoch: 12);
        var skip = FrameCodec.WriteSkip(new byte[FrameCodec.SmallBytesMax], sequence: 13);

        Assert.True(FrameCodec.TryRead(lost[FrameCodec.LengthBytes..], out var first, out _));
        Assert.True(FrameCodec.TryRead(skip[FrameCodec.LengthBytes..], out var second, out _));

        Assert.Equal((FrameKind.Lost, 12UL, FrameKind.Skip, 13UL), (first.Kind, first.Sequence, second.Kind, second.Sequence));
    }

    [Fact]
    public void A_message_that_may_come_again_is_marked()
    {
        var header = FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 7, _id, "t"u8, payloadBytes: 0, repeatable: true);

        Assert.True(FrameCodec.TryRead(header[FrameCodec.LengthBytes..], out var frame, out _));

        Assert.Equal((FrameKind.Repeatable, 7UL, _id), (frame.Kind, frame.Sequence, frame.MessageId));
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
    [InlineData(new byte[] { 1, 1, 0 }, FrameFault.Truncated)]
    [InlineData(new byte[] { 2, 0, 0 }, FrameFault.Truncated)]
    [InlineData(new byte[] { 3, 0, 0 }, FrameFault.Truncated)]
    [InlineData(new byte[] { 5, 0, 0 }, FrameFault.Truncated)]
    [InlineData(new byte[] { 7, 0, 0, 0, 0, 0, 0, 0, 1, 2 }, FrameFault.TooLong)]
    [InlineData(new byte[] { 99 }, FrameFault.Unknown)]
    [InlineData(new byte[] { 9, 0 }, FrameFault.TooLong)]
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
