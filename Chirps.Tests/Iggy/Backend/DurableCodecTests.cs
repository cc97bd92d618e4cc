using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Engine.Time;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Tests.Iggy.Backend;

public sealed class DurableCodecTests
{
    private static readonly DurableHeader _full = new(
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        MemberId.Parse("node-1"),
        "orders/é",
        new HybridTimestamp(0x0123_4567_89AB_CDEF),
        MemberId.Parse("node-2"),
        "customer-7");

    [Fact]
    public void Everything_said_of_a_message_is_read_back()
    {
        var message = DurableCodec.ToIggy(_full, "payload"u8.ToArray());

        Assert.True(DurableCodec.TryRead(message.UserHeaders.Span, out var read, out var fault));

        Assert.Equal((_full, DurableFault.None), (read, fault));
        Assert.Equal("payload"u8, message.Payload.Span);
    }

    [Fact]
    public void A_broadcast_ordered_by_its_topic_has_neither_target_nor_key()
    {
        var header = _full with { Target = default, OrderingKey = null };
        var message = DurableCodec.ToIggy(header, default);

        Assert.True(DurableCodec.TryRead(message.UserHeaders.Span, out var read, out _));

        Assert.Equal(header, read);
        Assert.False(UserHeaders.TryFind(message.UserHeaders.Span, "chirps.to"u8, out _));
        Assert.False(UserHeaders.TryFind(message.UserHeaders.Span, "chirps.key"u8, out _));
    }

    [Fact]
    public void The_message_id_is_the_id_that_the_server_knows_it_by()
        => Assert.Equal(UInt128.Parse("00112233445566778899aabbccddeeff", System.Globalization.NumberStyles.HexNumber), DurableCodec.ToIggy(_full, default).Id);

    [Fact]
    public void A_message_without_an_id_is_not_made()
        => Assert.Throws<ArgumentException>(() => DurableCodec.ToIggy(_full with { MessageId = Guid.Empty }, default));

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("nonsense", false)]
    public void A_trace_is_text_for_every_program_and_nonsense_in_its_place_is_none(string text, bool isTrace)
    {
        var trace = new TraceContext(0x0af7651916cd43dd, 0x8448eb211c80319c, 0xb7ad6b7169203331, 1);
        byte[] headers = [.. DurableCodec.ToIggy(_full, default).UserHeaders.Span, .. new UserHeadersBuilder().Add("traceparent", text).ToArray()];

        Assert.True(DurableCodec.TryRead(headers, out var read, out _));

        Assert.Equal(_full with { Trace = isTrace ? trace : default }, read);
        Assert.Equal(isTrace, headers.AsSpan().SequenceEqual(DurableCodec.ToIggy(read, default).UserHeaders.Span));
    }

    [Fact]
    public void Headers_of_other_programs_are_passed_over()
    {
        var headers = DurableCodec.ToIggy(_full, default).UserHeaders.ToArray();

        Assert.True(DurableCodec.TryRead([.. new UserHeadersBuilder().Add("trace", 7).ToArray(), .. headers], out var read, out _));

        Assert.Equal(_full, read);
    }

    [Fact]
    public void A_message_of_another_program_is_foreign()
    {
        Assert.False(DurableCodec.TryRead(new UserHeadersBuilder().Add("chirps.topic", "t").ToArray(), out _, out var fault));

        Assert.Equal(DurableFault.Foreign, fault);
    }

    [Theory]
    [InlineData("chirps.id", HeaderKind.Raw, "short")]
    [InlineData("chirps.from", HeaderKind.Text, "not a name")]
    [InlineData("chirps.hlc", HeaderKind.Text, "12345678")]
    [InlineData("chirps.to", HeaderKind.Text, "-")]
    public void A_header_that_cannot_be_is_malformed(string key, HeaderKind kind, string value)
    {
        // The first header of a key counts.
        byte[] headers = [.. new UserHeadersBuilder().Add(key, kind, System.Text.Encoding.UTF8.GetBytes(value)).ToArray(), .. DurableCodec.ToIggy(_full, default).UserHeaders.ToArray()];

        Assert.False(DurableCodec.TryRead(headers, out var read, out var fault));

        Assert.Equal((default, DurableFault.Malformed), (read, fault));
    }

    [Fact]
    public void Any_cut_of_the_headers_is_refused_without_an_error()
    {
        var headers = DurableCodec.ToIggy(_full with { Target = default, OrderingKey = null }, default).UserHeaders.ToArray();

        Assert.All(Enumerable.Range(0, headers.Length), length => Assert.False(DurableCodec.TryRead(headers.AsSpan(0, length), out _, out _)));
    }
}
