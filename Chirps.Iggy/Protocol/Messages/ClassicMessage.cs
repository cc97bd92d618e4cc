using System.Buffers.Binary;

namespace Chirps.Iggy.Protocol.Messages;

/// <summary>One message in the classic layout: a header of 64 bytes, payload, user headers.</summary>
internal static class ClassicMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 64;

    /// <summary>Bytes of an index entry of a send.</summary>
    public const int IndexBytes = 16;

    private const int IdAt = 8;
    private const int OffsetAt = 24;
    private const int TimestampAt = 32;
    private const int OriginAt = 40;
    private const int HeadersLengthAt = 48;
    private const int PayloadLengthAt = 52;
    private const int ReservedAt = 56;

    /// <summary>Bytes the message would take.</summary>
    public static int SizeOf(in MessageView message) => HeaderBytes + message.Payload.Length + message.UserHeaders.Length;

    /// <summary>Appends a message, its checksum computed.</summary>
    public static void Write(WireBuffer buffer, in MessageView message)
    {
        var bytes = buffer.Take(SizeOf(message));
        WriteHeader(bytes, message);
        message.Payload.CopyTo(bytes[HeaderBytes..]);
        message.UserHeaders.CopyTo(bytes[(HeaderBytes + message.Payload.Length)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ChecksumOf(bytes));
    }

    /// <summary>Sets what the broker sets in a message that was sent, and its checksum.</summary>
    /// <param name="message">The whole message, changed in place.</param>
    /// <param name="newId">The id for a message that came without one.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="brokerMicroseconds">When it is stored.</param>
    public static void Stamp(Span<byte> message, UInt128 newId, ulong offset, ulong brokerMicroseconds)
    {
        if (BinaryPrimitives.ReadUInt128LittleEndian(message[IdAt..]) == 0)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(message[IdAt..], newId);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(message[OffsetAt..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(message[TimestampAt..], brokerMicroseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(message, ChecksumOf(message));
    }

    /// <summary>Takes one message off the front of a span.</summary>
    /// <param name="bytes">The message and whatever follows it.</param>
    /// <param name="size">Bytes of the message.</param>
    /// <param name="message">The message, its checksum not compared.</param>
    /// <returns>What is wrong with it, or that nothing is.</returns>
    public static IggyStatus TryRead(ReadOnlySpan<byte> bytes, out int size, out MessageView message)
    {
        size = 0;
        message = default;
        if (bytes.Length < HeaderBytes)
        {
            return IggyStatus.TooSmallMessage;
        }

        var headersLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeadersLengthAt..]);
        var payloadLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[PayloadLengthAt..]);
        if (payloadLength > IggyLimits.PayloadBytesMax)
        {
            return IggyStatus.PayloadTooBig;
        }

        if (headersLength > IggyLimits.UserHeadersBytesMax)
        {
            return IggyStatus.HeadersTooBig;
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[ReservedAt..]) != 0)
        {
            return IggyStatus.ReservedNotZero;
        }

        if ((uint)(bytes.Length - HeaderBytes) < payloadLength + headersLength)
        {
            return IggyStatus.InvalidMessagesSize;
        }

        size = HeaderBytes + (int)payloadLength + (int)headersLength;
        message = new MessageView
        {
            Checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            Id = BinaryPrimitives.ReadUInt128LittleEndian(bytes[IdAt..]),
            Offset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[OffsetAt..]),
            BrokerMicroseconds = BinaryPrimitives.ReadUInt64LittleEndian(bytes[TimestampAt..]),
            OriginMicroseconds = BinaryPrimitives.ReadUInt64LittleEndian(bytes[OriginAt..]),
            Payload = bytes.Slice(HeaderBytes, (int)payloadLength),
            UserHeaders = bytes.Slice(HeaderBytes + (int)payloadLength, (int)headersLength),
        };
        return IggyStatus.Ok;
    }

    /// <summary>The checksum a whole message should have: over all after the checksum itself.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> message) => XxHash3.Of(message[IdAt..]);

    /// <summary>Fills in a header; the checksum is left 0.</summary>
    public static void WriteHeader(Span<byte> header, in MessageView message)
    {
        header[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt128LittleEndian(header[IdAt..], message.Id);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OffsetAt..], message.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[TimestampAt..], message.BrokerMicroseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OriginAt..], message.OriginMicroseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeadersLengthAt..], (uint)message.UserHeaders.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[PayloadLengthAt..], (uint)message.Payload.Length);
    }
}
