using Chirps.Engine.Messaging;

namespace Chirps.Tests.Messaging;

/// <summary>A trace in the envelope: there when the sender has one, no byte when not, and harmless whatever it says.</summary>
public sealed class TraceContextTests
{
    private static readonly Guid _id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly TraceContext _trace = new(0x0af7651916cd43dd, 0x8448eb211c80319c, 0xb7ad6b7169203331, 1);

    [Fact]
    public void A_message_without_a_trace_has_the_bytes_it_always_had()
    {
        var header = FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 7, _id, "t"u8, payloadBytes: 0);

        Assert.Equal("0000001B" + "03" + "0000000000000007" + "00112233445566778899AABBCCDDEEFF" + "0174", Convert.ToHexString(header));
    }

    [Fact]
    public void A_message_with_a_trace_carries_25_bytes_behind_its_topic()
    {
        var header = FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 7, _id, "t"u8, payloadBytes: 0, trace: _trace);

        Assert.True(FrameCodec.TryRead(header[FrameCodec.LengthBytes..], out var frame, out _));
        Assert.Equal(
            "00000034" + "83" + "0000000000000007" + "00112233445566778899AABBCCDDEEFF" + "0174" + "0AF7651916CD43DD8448EB211C80319CB7AD6B716920333101", Convert.ToHexString(header));
        Assert.Equal((FrameKind.Message, _trace, true), (frame.Kind, frame.Trace, frame.Topic.SequenceEqual("t"u8)));
    }

    [Theory]
    [InlineData(0UL, 0UL, 5UL)] // no trace id
    [InlineData(1UL, 2UL, 0UL)] // no span id
    public void A_trace_that_makes_no_sense_is_none_and_the_message_is_read(ulong high, ulong low, ulong span)
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, "t"u8, _trace), 9];
        new TraceContext(high, low, span, 0xff).Write(datagram.AsSpan(1 + 16 + 1 + 1));

        Assert.True(FrameCodec.TryReadDatagram(datagram, out var frame, out _));

        Assert.Equal((default(TraceContext), 9), (frame.Trace, frame.Body[0]));
    }

    [Fact]
    public void Flags_without_a_meaning_are_not_passed_on()
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, "t"u8, _trace)];
        datagram[^1] = 0xfe;

        Assert.True(FrameCodec.TryReadDatagram(datagram, out var frame, out _));

        Assert.Equal(_trace with { Flags = 0 }, frame.Trace);
    }

    [Fact]
    public void A_trace_that_is_cut_off_makes_the_frame_too_short()
    {
        byte[] datagram = [.. FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], _id, "t"u8, _trace)];

        Assert.False(FrameCodec.TryReadDatagram(datagram.AsSpan(0, datagram.Length - 1), out _, out var fault));
        Assert.Equal(FrameFault.Truncated, fault);
    }

    [Fact]
    public void Only_messages_can_carry_a_trace()
    {
        var bytes = FrameCodec.WriteRenew(new byte[FrameCodec.SmallBytesMax]).ToArray();
        bytes[FrameCodec.LengthBytes] |= FrameCodec.TracedFlag;

        Assert.False(FrameCodec.TryRead(bytes.AsSpan(FrameCodec.LengthBytes), out _, out var fault));
        Assert.Equal(FrameFault.Unknown, fault);
    }

    [Theory]
    [InlineData(PeerFeatures.None, 18)]
    [InlineData(PeerFeatures.TraceContext, 19)]
    public void A_hello_says_what_its_sender_takes_in_a_field_that_older_nodes_pass_over(PeerFeatures features, int bytes)
    {
        var hello = FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 1, features);

        Assert.True(FrameCodec.TryRead(hello[FrameCodec.LengthBytes..], out var frame, out _));
        Assert.Equal((features, bytes), (frame.Features, hello.Length));
    }
}
