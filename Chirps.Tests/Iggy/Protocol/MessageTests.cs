using System.Buffers.Binary;
using System.Text;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>Sends and polls of several messages, and what is refused in them.</summary>
public sealed class MessageTests
{
    private const int AreaAt = 26;

    private static readonly IggyMessage[] _messages =
    [
        new("one"u8.ToArray()) { Id = 1, OriginMicroseconds = 100 },
        new("two"u8.ToArray()) { UserHeaders = Vectors.UserHeaders },
        new(ReadOnlyMemory<byte>.Empty) { OriginMicroseconds = 90 },
    ];

    public static TheoryData<string> Dialects => new("classic", "vsr");

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Several_messages_are_sent_in_order(string name)
    {
        var payload = Send(Dialect(name), _messages);

        Assert.Equal(IggyStatus.Ok, Dialect(name).Messages.TryReadSend(payload, out var request));

        Assert.Equal(3u, request.Count);
        Assert.Equal(["1 one 100 0", "0 two 7 15", "0  90 0"], Texts(request.Messages));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Messages_of_several_sends_are_polled_with_their_own_offsets_and_times(string name)
    {
        var dialect = Dialect(name);
        using var buffer = new WireBuffer();
        var writer = new PollReplyWriter(buffer, dialect.Messages.Layout, partition: 4, currentOffset: 12);
        writer.Add(new MessageView { Id = 1, Offset = 10, BrokerMicroseconds = 1000, OriginMicroseconds = 5, Payload = "a"u8 });
        writer.Add(new MessageView { Id = 2, Offset = 11, BrokerMicroseconds = 1000, OriginMicroseconds = 3, Payload = "b"u8 });
        writer.Add(new MessageView { Id = 3, Offset = 12, BrokerMicroseconds = 2000, OriginMicroseconds = 9, Payload = "c"u8 });
        writer.Finish();

        Assert.Equal(IggyStatus.Ok, dialect.Messages.TryReadPoll(buffer.Span, verify: true, out var reply));

        Assert.Equal((4u, 12ul, 3u), (reply.Partition, reply.CurrentOffset, reply.Count));
        var seen = new List<(ulong, ulong, ulong)>();
        foreach (var message in reply.Messages)
        {
            seen.Add((message.Offset, message.BrokerMicroseconds, message.OriginMicroseconds));
        }

        Assert.Equal([(10, 1000, 5), (11, 1000, 3), (12, 2000, 9)], seen);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void An_empty_poll_has_its_prefix(string name)
    {
        using var buffer = new WireBuffer();
        new PollReplyWriter(buffer, Dialect(name).Messages.Layout, partition: 1, currentOffset: 0).Finish();

        Assert.Equal(16, buffer.Length);
        Assert.Equal(IggyStatus.Ok, Dialect(name).Messages.TryReadPoll(buffer.Span, verify: true, out var reply));
        Assert.Equal(0u, reply.Count);
        Assert.False(reply.Messages.MoveNext());
    }

    [Theory]
    [InlineData(0, 1, IggyStatus.NonZeroOffset)]
    [InlineData(8, 1, IggyStatus.NonZeroTimestamp)]
    [InlineData(4, 66, IggyStatus.InvalidMessagesSize)]
    [InlineData(4, 63, IggyStatus.TooSmallMessage)]
    [InlineData(7, 255, IggyStatus.InvalidMessagesSize)]
    [InlineData(48 + 56, 1, IggyStatus.ReservedNotZero)]
    [InlineData(48 + 52, 2, IggyStatus.InvalidMessagesSize)]
    [InlineData(48 + 55, 255, IggyStatus.PayloadTooBig)]
    [InlineData(48 + 51, 255, IggyStatus.HeadersTooBig)]
    public void A_classic_send_that_does_not_add_up_is_refused_with_the_servers_code(int at, byte value, IggyStatus expected)
    {
        var payload = Send(ClassicDialect.Instance, _messages);
        payload[AreaAt + at] = value;

        Assert.Equal(expected, ClassicDialect.Instance.Messages.TryReadSend(payload, out _));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_send_of_no_message_is_refused(string name)
    {
        var payload = Send(Dialect(name), _messages);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(AreaAt - 4), 0);

        Assert.Equal(IggyStatus.InvalidMessageCount, Dialect(name).Messages.TryReadSend(payload, out _));
    }

    [Theory]
    [InlineData(AreaAt + 256 + 50, IggyStatus.InvalidMessageChecksum)]
    [InlineData(AreaAt + 40, IggyStatus.InvalidBatchChecksum)]
    [InlineData(AreaAt + 24, IggyStatus.InvalidBatchChecksum)]
    [InlineData(AreaAt + 32, IggyStatus.InvalidMessagesSize)]
    [InlineData(AreaAt + 48, IggyStatus.InvalidMessageCount)]
    public void A_vsr_send_with_a_wrong_checksum_is_refused_with_the_servers_code(int at, IggyStatus expected)
    {
        var payload = Send(VsrDialect.Instance, _messages);
        payload[at] ^= 1;

        Assert.Equal(expected, VsrDialect.Instance.Messages.TryReadSend(payload, out _));
    }

    [Fact]
    public void A_stamped_message_keeps_its_id_and_one_without_gets_the_new_one()
    {
        var send = Send(ClassicDialect.Instance, _messages);
        Assert.Equal(IggyStatus.Ok, ClassicDialect.Instance.Messages.TryReadSend(send, out var request));
        var area = request.Area.ToArray();
        var first = area.AsSpan(0, 67);
        var second = area.AsSpan(67, 82);

        ClassicMessage.Stamp(first, newId: 77, offset: 5, brokerMicroseconds: 6);
        ClassicMessage.Stamp(second, newId: 77, offset: 6, brokerMicroseconds: 6);

        Assert.Equal(IggyStatus.Ok, ClassicMessage.TryRead(first, out _, out var one));
        Assert.Equal(IggyStatus.Ok, ClassicMessage.TryRead(second, out _, out var two));
        Assert.Equal(((UInt128)1, 5ul, 6ul), (one.Id, one.Offset, one.BrokerMicroseconds));
        Assert.Equal(((UInt128)77, ClassicMessage.ChecksumOf(second)), (two.Id, two.Checksum));
    }

    [Fact]
    public void Producers_times_too_far_apart_for_one_batch_are_the_callers_mistake()
        => Assert.Throws<ArgumentException>(() => Send(VsrDialect.Instance, [new IggyMessage { OriginMicroseconds = 1 }, new IggyMessage { OriginMicroseconds = 2 + (ulong)uint.MaxValue }]));

    [Fact]
    public void Writing_and_going_through_messages_allocates_nothing()
    {
        using var buffer = new WireBuffer(1 << 20);
        var total = Measure(buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();

        total += Measure(buffer);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * 1000 * 6, total);
    }

    private static int Measure(WireBuffer buffer)
    {
        var total = 0;
        for (var round = 0; round < 1000; round++)
        {
            buffer.Clear();
            ClassicDialect.Instance.Messages.WriteSend(buffer, 1, 2, Partitioning.To(3), _messages, 7);
            ClassicDialect.Instance.Messages.TryReadSend(buffer.Span, out var request);
            foreach (var message in request.Messages)
            {
                total += message.Payload.Length;
            }
        }

        return total;
    }

    private static IIggyDialect Dialect(string name) => name == "vsr" ? VsrDialect.Instance : ClassicDialect.Instance;

    private static byte[] Send(IIggyDialect dialect, IggyMessage[] messages)
    {
        using var buffer = new WireBuffer();
        dialect.Messages.WriteSend(buffer, 1, 2, Partitioning.To(3), messages, nowMicroseconds: 7);
        return buffer.Span.ToArray();
    }

    private static List<string> Texts(MessageReader messages)
    {
        var texts = new List<string>();
        foreach (var message in messages)
        {
            texts.Add($"{message.Id} {Encoding.UTF8.GetString(message.Payload)} {message.OriginMicroseconds} {message.UserHeaders.Length}");
        }

        return texts;
    }
}
