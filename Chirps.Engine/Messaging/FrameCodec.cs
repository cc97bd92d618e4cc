using System.Buffers.Binary;

namespace Chirps.Engine.Messaging;

/// <summary>
/// Frames of messages between two nodes, big-endian: <c>length u32 | kind u8 | fields</c>, where length counts
/// what follows it. A best-effort message in a QUIC datagram is the same without the length, its kind replaced by
/// <see cref="DatagramMark"/>. See docs/wire-format.md.
/// </summary>
public static class FrameCodec
{
    /// <summary>Version in <see cref="FrameKind.Hello"/>. Peers of another version are refused.</summary>
    public const byte ProtocolVersion = 1;

    /// <summary>First byte of a datagram that carries a message. Membership datagrams start with their version, below 0x80.</summary>
    public const byte DatagramMark = 0x81;

    /// <summary>As <see cref="DatagramMark"/>, of a datagram that carries a trace context too.</summary>
    public const byte TracedDatagramMark = 0x82;

    /// <summary>Set in the kind of a message that carries a trace context.</summary>
    public const byte TracedFlag = 0x80;

    /// <summary>Bytes of the length field.</summary>
    public const int LengthBytes = 4;

    /// <summary>Longest topic in bytes.</summary>
    public const int TopicBytesMax = 255;

    /// <summary>Lanes are numbered below this.</summary>
    public const int LanesMax = 16;

    /// <summary>Most messages a sender may have unsettled on a lane: bounds what a receiver remembers for it.</summary>
    public const int WindowMax = 65536;

    /// <summary>Bytes of the frame that opens a lane.</summary>
    public const int OpenBytes = LengthBytes + 1 + OpenFieldBytes;

    /// <summary>Bytes of a hello.</summary>
    public const int HelloBytes = LengthBytes + 1 + HelloFieldBytes + 1;

    /// <summary>Bytes of the frames with one number or none.</summary>
    public const int SmallBytesMax = LengthBytes + 1 + 8;

    /// <summary>The most a header can take without a trace context, the length field included.</summary>
    public const int PlainHeaderBytesMax = LengthBytes + 1 + 8 + 16 + 1 + TopicBytesMax;

    /// <summary>The most a header can take, the length field included.</summary>
    public const int HeaderBytesMax = PlainHeaderBytesMax + TraceContext.Bytes;

    /// <summary>Most refusals in one acknowledgement.</summary>
    public const int RefusalsMax = 64;

    /// <summary>The longest acknowledgement.</summary>
    public const int AcknowledgeBytesMax = LengthBytes + 1 + 8 + 2 + (RefusalsMax * RefusalBytes);

    private const int RefusalBytes = 9;
    private const int HelloFieldBytes = 1 + 8 + 4;
    private const int OpenFieldBytes = 1 + 8 + 8 + 8 + 8 + 4;

    /// <summary>Writes a hello.</summary>
    /// <returns>Its bytes, a prefix of <paramref name="destination"/>.</returns>
    public static ReadOnlySpan<byte> WriteHello(Span<byte> destination, ulong generation, int frameBytesMax, PeerFeatures features = PeerFeatures.None)
    {
        var bytes = 1 + HelloFieldBytes + (features == PeerFeatures.None ? 0 : 1);
        var fields = Begin(destination, FrameKind.Hello, bytes);
        fields[0] = ProtocolVersion;
        BinaryPrimitives.WriteUInt64BigEndian(fields[1..], generation);
        BinaryPrimitives.WriteUInt32BigEndian(fields[9..], (uint)frameBytesMax);
        if (features != PeerFeatures.None)
        {
            fields[HelloFieldBytes] = (byte)features;
        }

        return destination[..(LengthBytes + bytes)];
    }

    /// <summary>Writes the frame that opens a lane.</summary>
    /// <returns>Its bytes, a prefix of <paramref name="destination"/>.</returns>
    public static ReadOnlySpan<byte> WriteOpen(Span<byte> destination, in LaneOpening opening)
    {
        var fields = Begin(destination, FrameKind.Open, 1 + OpenFieldBytes);
        fields[0] = opening.Lane;
        BinaryPrimitives.WriteUInt64BigEndian(fields[1..], opening.Generation);
        BinaryPrimitives.WriteUInt64BigEndian(fields[9..], opening.PeerGeneration);
        BinaryPrimitives.WriteUInt64BigEndian(fields[17..], opening.Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(fields[25..], opening.First);
        BinaryPrimitives.WriteUInt32BigEndian(fields[33..], (uint)opening.Window);
        return destination[..OpenBytes];
    }

    /// <summary>Writes everything of a message frame but the payload, which follows as it is.</summary>
    public static ReadOnlySpan<byte> WriteMessageHeader(
        Span<byte> destination, ulong sequence, Guid id, ReadOnlySpan<byte> topic, int payloadBytes, bool repeatable = false, in TraceContext trace = default)
    {
        var header = 1 + 8 + EnvelopeBytes(topic, trace);
        var fields = Begin(destination, Traced(repeatable ? FrameKind.Repeatable : FrameKind.Message, trace), header + payloadBytes);
        BinaryPrimitives.WriteUInt64BigEndian(fields, sequence);
        WriteEnvelope(fields[8..], id, topic, trace);
        return destination[..(LengthBytes + header)];
    }

    /// <summary>Writes everything of a best-effort frame for a stream but the payload.</summary>
    public static ReadOnlySpan<byte> WriteEphemeralHeader(Span<byte> destination, Guid id, ReadOnlySpan<byte> topic, int payloadBytes, in TraceContext trace = default)
    {
        var header = 1 + EnvelopeBytes(topic, trace);
        WriteEnvelope(Begin(destination, Traced(FrameKind.Ephemeral, trace), header + payloadBytes), id, topic, trace);
        return destination[..(LengthBytes + header)];
    }

    /// <summary>Writes everything of a best-effort datagram but the payload.</summary>
    public static ReadOnlySpan<byte> WriteDatagramHeader(Span<byte> destination, Guid id, ReadOnlySpan<byte> topic, in TraceContext trace = default)
    {
        destination[0] = trace.IsPresent ? TracedDatagramMark : DatagramMark;
        WriteEnvelope(destination[1..], id, topic, trace);
        return destination[..(1 + EnvelopeBytes(topic, trace))];
    }

    /// <summary>Writes an acknowledgement of everything up to <paramref name="sequence"/>, but for the refused ones.</summary>
    /// <param name="destination">At least <see cref="AcknowledgeBytesMax"/> bytes.</param>
    /// <param name="sequence">The last message that is settled.</param>
    /// <param name="refused">Sequence and reason of those not handed over, at most <see cref="RefusalsMax"/>.</param>
    public static ReadOnlySpan<byte> WriteAcknowledge(Span<byte> destination, ulong sequence, ReadOnlySpan<Refusal> refused)
    {
        var bytes = 1 + 8 + 2 + (refused.Length * RefusalBytes);
        var fields = Begin(destination, FrameKind.Acknowledge, bytes);
        BinaryPrimitives.WriteUInt64BigEndian(fields, sequence);
        BinaryPrimitives.WriteUInt16BigEndian(fields[8..], (ushort)refused.Length);
        var position = fields[10..];
        foreach (var refusal in refused)
        {
            BinaryPrimitives.WriteUInt64BigEndian(position, refusal.Sequence);
            position[8] = (byte)refusal.Reason;
            position = position[RefusalBytes..];
        }

        return destination[..(LengthBytes + bytes)];
    }

    /// <summary>Writes the wish that the peer dials again.</summary>
    public static ReadOnlySpan<byte> WriteRenew(Span<byte> destination)
    {
        Begin(destination, FrameKind.Renew, 1);
        return destination[..(LengthBytes + 1)];
    }

    /// <summary>Writes everything of a transfer but its bytes, which follow as they are.</summary>
    public static ReadOnlySpan<byte> WriteTransferHeader(Span<byte> destination, int bytes)
    {
        Begin(destination, FrameKind.Transfer, 1 + bytes);
        return destination[..(LengthBytes + 1)];
    }

    /// <summary>Writes that an epoch is not known here.</summary>
    public static ReadOnlySpan<byte> WriteLost(Span<byte> destination, ulong epoch) => WriteNumber(destination, FrameKind.Lost, epoch);

    /// <summary>Writes what stands for a message that was given up.</summary>
    public static ReadOnlySpan<byte> WriteSkip(Span<byte> destination, ulong sequence) => WriteNumber(destination, FrameKind.Skip, sequence);

    /// <summary>Reads one frame without its length field.</summary>
    /// <returns><see langword="false"/> with the reason when the bytes are no frame. Never throws.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Frame frame, out FrameFault fault)
    {
        frame = default;
        if (bytes.IsEmpty)
        {
            fault = FrameFault.Truncated;
            return false;
        }

        var fields = bytes[1..];
        var isTraced = (bytes[0] & TracedFlag) != 0 && (FrameKind)(bytes[0] & ~TracedFlag) is FrameKind.Message or FrameKind.Repeatable or FrameKind.Ephemeral;
        switch ((FrameKind)(isTraced ? bytes[0] & ~TracedFlag : bytes[0]))
        {
            case FrameKind.Hello:
                return TryReadHello(fields, out frame, out fault);
            case FrameKind.Open:
                return TryReadOpen(fields, out frame, out fault);
            case (FrameKind.Message or FrameKind.Repeatable) and var kind when fields.Length >= 8:
                return TryReadMessage(kind, BinaryPrimitives.ReadUInt64BigEndian(fields), fields[8..], isTraced, out frame, out fault);
            case FrameKind.Ephemeral:
                return TryReadMessage(FrameKind.Ephemeral, 0, fields, isTraced, out frame, out fault);
            case FrameKind.Acknowledge:
                return TryReadAcknowledge(fields, out frame, out fault);
            case FrameKind.Transfer:
                frame = new Frame { Kind = FrameKind.Transfer, Body = fields };
                fault = FrameFault.None;
                return true;
            case FrameKind.Renew:
                frame = new Frame { Kind = FrameKind.Renew };
                fault = fields.IsEmpty ? FrameFault.None : FrameFault.TooLong;
                return fields.IsEmpty;
            case (FrameKind.Lost or FrameKind.Skip) and var kind when fields.Length == 8:
                frame = new Frame { Kind = kind, Sequence = BinaryPrimitives.ReadUInt64BigEndian(fields) };
                fault = FrameFault.None;
                return true;
            case FrameKind.Lost or FrameKind.Skip when fields.Length > 8:
                fault = FrameFault.TooLong;
                return false;
            case FrameKind.Message or FrameKind.Repeatable or FrameKind.Lost or FrameKind.Skip:
                fault = FrameFault.Truncated;
                return false;
            default:
                fault = FrameFault.Unknown;
                return false;
        }
    }

    /// <summary>Reads a best-effort message from a datagram that starts with <see cref="DatagramMark"/> or <see cref="TracedDatagramMark"/>.</summary>
    /// <returns><see langword="false"/> with the reason when the bytes are no message. Never throws.</returns>
    public static bool TryReadDatagram(ReadOnlySpan<byte> datagram, out Frame frame, out FrameFault fault)
    {
        if (datagram.IsEmpty || datagram[0] is not (DatagramMark or TracedDatagramMark))
        {
            frame = default;
            fault = datagram.IsEmpty ? FrameFault.Truncated : FrameFault.Unknown;
            return false;
        }

        return TryReadMessage(FrameKind.Ephemeral, 0, datagram[1..], datagram[0] == TracedDatagramMark, out frame, out fault);
    }

    /// <summary>Takes the next refusal off the body of an acknowledgement.</summary>
    public static bool TryReadRefusal(ref ReadOnlySpan<byte> body, out Refusal refusal)
    {
        if (body.Length < RefusalBytes)
        {
            refusal = default;
            return false;
        }

        refusal = new Refusal(BinaryPrimitives.ReadUInt64BigEndian(body), (RefusalReason)body[8]);
        body = body[RefusalBytes..];
        return true;
    }

    private static Span<byte> Begin(Span<byte> destination, FrameKind kind, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)length);
        destination[LengthBytes] = (byte)kind;
        return destination[(LengthBytes + 1)..];
    }

    private static FrameKind Traced(FrameKind kind, in TraceContext trace) => trace.IsPresent ? kind | (FrameKind)TracedFlag : kind;

    private static int EnvelopeBytes(ReadOnlySpan<byte> topic, in TraceContext trace) => 16 + 1 + topic.Length + (trace.IsPresent ? TraceContext.Bytes : 0);

    private static void WriteEnvelope(Span<byte> fields, Guid id, ReadOnlySpan<byte> topic, in TraceContext trace)
    {
        id.TryWriteBytes(fields, bigEndian: true, out _);
        fields[16] = (byte)topic.Length;
        topic.CopyTo(fields[17..]);
        if (trace.IsPresent)
        {
            trace.Write(fields[(17 + topic.Length)..]);
        }
    }

    private static ReadOnlySpan<byte> WriteNumber(Span<byte> destination, FrameKind kind, ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Begin(destination, kind, 1 + 8), number);
        return destination[..SmallBytesMax];
    }

    private static bool TryReadHello(ReadOnlySpan<byte> fields, out Frame frame, out FrameFault fault)
    {
        frame = default;
        if (fields.Length < HelloFieldBytes)
        {
            fault = FrameFault.Truncated;
            return false;
        }

        // A later version may say more; this one reads what it knows.
        var generation = BinaryPrimitives.ReadUInt64BigEndian(fields[1..]);
        fault = fields[0] != ProtocolVersion ? FrameFault.Unknown : generation == 0 ? FrameFault.OutOfPlace : FrameFault.None;
        frame = new Frame
        {
            Kind = FrameKind.Hello,
            Generation = generation,
            FrameBytesMax = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(fields[9..]), int.MaxValue),
            Features = fields.Length > HelloFieldBytes ? (PeerFeatures)fields[HelloFieldBytes] : PeerFeatures.None,
        };
        return fault == FrameFault.None;
    }

    private static bool TryReadOpen(ReadOnlySpan<byte> fields, out Frame frame, out FrameFault fault)
    {
        frame = default;
        if (fields.Length != OpenFieldBytes)
        {
            fault = fields.Length < OpenFieldBytes ? FrameFault.Truncated : FrameFault.TooLong;
            return false;
        }

        var opening = new LaneOpening(
            fields[0],
            BinaryPrimitives.ReadUInt64BigEndian(fields[1..]),
            BinaryPrimitives.ReadUInt64BigEndian(fields[9..]),
            BinaryPrimitives.ReadUInt64BigEndian(fields[17..]),
            BinaryPrimitives.ReadUInt64BigEndian(fields[25..]),
            (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(fields[33..]), int.MaxValue));
        frame = new Frame { Kind = FrameKind.Open, Opening = opening };
        var good = opening.Lane < LanesMax && opening.Generation > 0 && opening.Epoch > 0 && opening.First > 0 && opening.Window is > 0 and <= WindowMax;
        fault = good ? FrameFault.None : FrameFault.OutOfPlace;
        return good;
    }

    private static bool TryReadMessage(FrameKind kind, ulong sequence, ReadOnlySpan<byte> fields, bool isTraced, out Frame frame, out FrameFault fault)
    {
        frame = default;
        var traceBytes = isTraced ? TraceContext.Bytes : 0;
        if (fields.Length < 17 || fields.Length < 17 + fields[16] + traceBytes)
        {
            fault = FrameFault.Truncated;
            return false;
        }

        var topic = fields.Slice(17, fields[16]);
        if (topic.IsEmpty || !System.Text.Unicode.Utf8.IsValid(topic))
        {
            fault = FrameFault.BadTopic;
            return false;
        }

        fault = FrameFault.None;
        frame = new Frame
        {
            Kind = kind,
            Sequence = sequence,
            MessageId = new Guid(fields[..16], bigEndian: true),
            Topic = topic,
            Trace = isTraced ? TraceContext.Read(fields[(17 + topic.Length)..]) : default,
            Body = fields[(17 + topic.Length + traceBytes)..],
        };
        return true;
    }

    private static bool TryReadAcknowledge(ReadOnlySpan<byte> fields, out Frame frame, out FrameFault fault)
    {
        frame = default;
        if (fields.Length < 10)
        {
            fault = FrameFault.Truncated;
            return false;
        }

        var refusals = BinaryPrimitives.ReadUInt16BigEndian(fields[8..]);
        var body = fields[10..];
        if (refusals > RefusalsMax || body.Length != refusals * RefusalBytes)
        {
            fault = body.Length < refusals * RefusalBytes ? FrameFault.Truncated : FrameFault.TooLong;
            return false;
        }

        fault = FrameFault.None;
        frame = new Frame { Kind = FrameKind.Acknowledge, Sequence = BinaryPrimitives.ReadUInt64BigEndian(fields), Body = body };
        return true;
    }
}
