using System.Buffers.Binary;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>What stands before the messages of one append on disk. The header has a checksum of its own, each message another.</summary>
/// <param name="BodyBytes">Size of the messages.</param>
/// <param name="Count">Number of messages, at least one.</param>
/// <param name="BaseOffset">Offset of the first one.</param>
/// <param name="Timestamp">When they were stored, in microseconds since 1970; never less than in the frame before.</param>
/// <param name="DurableOffset">
/// All messages below this offset were on stable storage when the frame was written. It tells damage from a torn tail: what does not
/// read back below it was there once.
/// </param>
internal readonly record struct FrameHeader(int BodyBytes, uint Count, ulong BaseOffset, ulong Timestamp, ulong DurableOffset)
{
    /// <summary>Size of the header.</summary>
    public const int Bytes = 48;

    private const uint Magic = 0x31464C43;
    private const int BodyBytesAt = 4;
    private const int BaseOffsetAt = 8;
    private const int TimestampAt = 16;
    private const int DurableOffsetAt = 24;
    private const int CountAt = 32;
    private const int ReservedAt = 36;
    private const int ChecksumAt = 40;

    /// <summary>What every frame begins with: "CLF1".</summary>
    public static ReadOnlySpan<byte> MagicBytes => "CLF1"u8;

    /// <summary>Offset after the last message.</summary>
    public ulong NextOffset => BaseOffset + Count;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[BodyBytesAt..], BodyBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[BaseOffsetAt..], BaseOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[TimestampAt..], Timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[DurableOffsetAt..], DurableOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CountAt..], Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ReservedAt..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[ChecksumAt..], XxHash3.Of(bytes[..ChecksumAt]));
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]) != XxHash3.Of(bytes[..ChecksumAt]))
        {
            return false;
        }

        header = new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[BodyBytesAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[BaseOffsetAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[TimestampAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[DurableOffsetAt..]));
        return header.Count > 0 && header.BodyBytes >= (long)header.Count * StoredMessage.HeaderBytes;
    }

    /// <summary>Whether a body is the one this header was written for: as many messages, each intact and at its offset.</summary>
    public bool Matches(ReadOnlySpan<byte> body)
    {
        var rest = body;
        for (var index = 0U; index < Count; index++)
        {
            if (!StoredMessage.TrySize(rest, out var size) || size > rest.Length || StoredMessage.Offset(rest) != BaseOffset + index || !StoredMessage.IsIntact(rest[..size]))
            {
                return false;
            }

            rest = rest[size..];
        }

        return rest.IsEmpty;
    }
}
