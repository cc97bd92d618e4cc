using System.Buffers.Binary;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>A message as it lies on disk, which is as a poll answers it: 64 bytes of header, the payload, the user headers.</summary>
internal static class StoredMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 64;

    private const int IdAt = 8;
    private const int OffsetAt = 24;
    private const int TimestampAt = 32;
    private const int UserHeadersLengthAt = 48;
    private const int PayloadLengthAt = 52;

    /// <summary>Size of the message that begins the bytes, whether or not all of it is there.</summary>
    /// <returns><see langword="false"/> when there is no whole header, or its lengths cannot be true.</returns>
    public static bool TrySize(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var total = HeaderBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[UserHeadersLengthAt..]) + BinaryPrimitives.ReadUInt32LittleEndian(bytes[PayloadLengthAt..]);
        size = (int)Math.Min(total, int.MaxValue);
        return total <= int.MaxValue;
    }

    public static UInt128 Id(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt128LittleEndian(message[IdAt..]);

    public static ulong Offset(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[OffsetAt..]);

    /// <summary>Sets what the server decides, and the checksum.</summary>
    public static void Stamp(Span<byte> message, UInt128 id, ulong offset, ulong timestamp)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(message[IdAt..], id);
        BinaryPrimitives.WriteUInt64LittleEndian(message[OffsetAt..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(message[TimestampAt..], timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(message, XxHash3.Of(message[IdAt..]));
    }

    /// <summary>Whether the message is what was stored.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message) == XxHash3.Of(message[IdAt..]);
}
