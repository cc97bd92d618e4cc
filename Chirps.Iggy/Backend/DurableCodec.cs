using System.Buffers.Binary;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Node.Tracing;

namespace Chirps.Iggy.Backend;

/// <summary>Durable messages as Iggy messages: the payload as it is, the rest in user headers. Documented in <c>docs/durable.md</c>.</summary>
public static class DurableCodec
{
    /// <summary>Header of the message id: 16 bytes, the first byte of the id's text first.</summary>
    public const string IdKey = "chirps.id";

    /// <summary>Header of the sender, text.</summary>
    public const string SenderKey = "chirps.from";

    /// <summary>Header of the topic, text.</summary>
    public const string TopicKey = "chirps.topic";

    /// <summary>Header of the hybrid timestamp, unsigned 64 bits.</summary>
    public const string TimestampKey = "chirps.hlc";

    /// <summary>Header of the target, text; only in messages to one node.</summary>
    public const string TargetKey = "chirps.to";

    /// <summary>Header of the ordering key, text; only when the sender named one.</summary>
    public const string OrderingKeyKey = "chirps.key";

    /// <summary>Header of the trace, text of W3C Trace Context; only in messages that belong to one. What makes no sense is passed over.</summary>
    public const string TraceKey = "traceparent";

    private const int IdBytes = 16;

    /// <summary>Makes an Iggy message. It keeps <paramref name="payload"/>, which must stay as it is until the send has ended.</summary>
    /// <exception cref="ArgumentException">The id is empty, or a text has no byte or more than 255.</exception>
    public static IggyMessage ToIggy(in DurableHeader header, ReadOnlyMemory<byte> payload)
    {
        if (header.MessageId == Guid.Empty)
        {
            throw new ArgumentException("A durable message needs an id.", nameof(header));
        }

        Span<byte> id = stackalloc byte[IdBytes];
        header.MessageId.TryWriteBytes(id, bigEndian: true, out _);
        var headers = new UserHeadersBuilder()
            .Add(IdKey, HeaderKind.Raw, id)
            .Add(SenderKey, header.Sender.ToString())
            .Add(TopicKey, header.Topic)
            .Add(TimestampKey, header.Timestamp.Value);
        if (!header.Target.IsDefault)
        {
            headers.Add(TargetKey, header.Target.ToString());
        }

        if (header.OrderingKey is { } key)
        {
            headers.Add(OrderingKeyKey, key);
        }

        if (header.Trace.IsPresent)
        {
            headers.Add(TraceKey, MeshTracing.ToText(header.Trace));
        }

        return new IggyMessage(payload) { Id = BinaryPrimitives.ReadUInt128BigEndian(id), UserHeaders = headers.ToArray() };
    }

    /// <summary>Reads what <see cref="ToIggy"/> wrote; the payload is the Iggy message's. Unknown headers are passed over.</summary>
    /// <param name="userHeaders">The user headers of the Iggy message.</param>
    /// <param name="header">What they say; the default value unless all is well.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryRead(ReadOnlySpan<byte> userHeaders, out DurableHeader header, out DurableFault fault)
    {
        header = default;
        if (!UserHeaders.AreValid(userHeaders))
        {
            fault = DurableFault.Malformed;
            return false;
        }

        if (!UserHeaders.TryFind(userHeaders, "chirps.id"u8, out var id)
            || !UserHeaders.TryFind(userHeaders, "chirps.from"u8, out var sender)
            || !UserHeaders.TryFind(userHeaders, "chirps.topic"u8, out var topic)
            || !UserHeaders.TryFind(userHeaders, "chirps.hlc"u8, out var timestamp))
        {
            fault = DurableFault.Foreign;
            return false;
        }

        var target = default(MemberId);
        fault = DurableFault.Malformed;
        if (id.Value.Length != IdBytes
            || !MemberId.TryParse(sender.Value, out var from)
            || !TryReadText(topic, out var name)
            || timestamp.ValueKind != HeaderKind.Unsigned64
            || (UserHeaders.TryFind(userHeaders, "chirps.to"u8, out var to) && !MemberId.TryParse(to.Value, out target)))
        {
            return false;
        }

        string? key = null;
        if (UserHeaders.TryFind(userHeaders, "chirps.key"u8, out var ordering) && !TryReadText(ordering, out key))
        {
            return false;
        }

        var trace = UserHeaders.TryFind(userHeaders, "traceparent"u8, out var parent) && TryReadText(parent, out var text) ? MeshTracing.FromText(text) : default;
        fault = DurableFault.None;
        header = new DurableHeader(new Guid(id.Value, bigEndian: true), from, name, new HybridTimestamp(timestamp.Unsigned64), target, key, trace);
        return true;
    }

    /// <summary>The message id that an Iggy message's id stands for.</summary>
    internal static Guid MessageIdOf(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Text of our own messages is UTF-8; what is not has another writer.</summary>
    private static bool TryReadText(in UserHeader header, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = System.Text.Unicode.Utf8.IsValid(header.Value) ? Encoding.UTF8.GetString(header.Value) : null;
        return text is not null;
    }
}
