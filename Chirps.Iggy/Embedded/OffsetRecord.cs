using System.Buffers.Binary;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded;

/// <summary>One change of a stored offset as a message of a log.</summary>
internal static class OffsetRecord
{
    private const int PayloadLengthAt = 52;

    /// <summary>The message that says that an offset is stored, or none any longer.</summary>
    public static byte[] Encode(in OffsetKey key, ulong? offset)
    {
        using var buffer = new WireBuffer();
        buffer.WriteZeros(StoredMessage.HeaderBytes);
        buffer.WriteUInt64(key.TopicKey);
        buffer.WriteUInt32(key.Partition);
        key.Consumer.Write(buffer);
        buffer.WriteFlag(offset is not null);
        buffer.WriteUInt64(offset ?? 0);
        var message = buffer.Span.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(PayloadLengthAt), message.Length - StoredMessage.HeaderBytes);
        return message;
    }

    /// <summary>Reads the payload of such a message.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out OffsetKey key, out ulong? offset)
    {
        key = default;
        offset = null;
        var reader = new WireReader(payload);
        if (!reader.TryReadUInt64(out var topic)
            || !reader.TryReadUInt32(out var partition)
            || !IggyConsumer.TryRead(ref reader, out var consumer)
            || !reader.TryReadFlag(out var isStored)
            || !reader.TryReadUInt64(out var value)
            || !reader.IsEmpty)
        {
            return false;
        }

        key = new OffsetKey(topic, partition, consumer);
        offset = isStored ? value : null;
        return true;
    }
}
