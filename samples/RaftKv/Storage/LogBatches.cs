using System.Buffers.Binary;

namespace RaftKv.Storage;

/// <summary>
/// Batches as they lie in a file of the log: length of the records and CRC-32C of all that follows it, 4 bytes each, the batch's number, 8 bytes, and the
/// records. A batch is there whole or not at all. Numbers count through all files: the next batch is begun once this one is on stable storage, so a good
/// batch behind a bad one says that the bad one was damaged later, and not torn.
/// </summary>
internal static class LogBatches
{
    /// <summary>Length, checksum and number.</summary>
    public const int HeaderBytes = (2 * sizeof(int)) + sizeof(ulong);

    /// <summary>Begins a batch at the front of an empty writer; records follow.</summary>
    public static void Begin(FieldWriter writer, ulong number)
    {
        writer.Int32(0);
        writer.Int32(0);
        writer.UInt64(number);
    }

    /// <summary>Ends the batch that the writer holds.</summary>
    /// <returns>Whether there is anything to write: a batch without records is none.</returns>
    public static bool TrySeal(FieldWriter writer)
    {
        writer.PatchUInt32(0, (uint)(writer.Length - HeaderBytes));
        writer.PatchUInt32(sizeof(int), Crc32C.Of(writer.Written.Span[(2 * sizeof(int))..]));
        return writer.Length > HeaderBytes;
    }

    /// <summary>Reads the batch at the front of bytes.</summary>
    /// <returns>Whether there is a good one.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ulong number, out ReadOnlyMemory<byte> records)
    {
        (number, records) = (0, default);
        if (bytes.Length <= HeaderBytes)
        {
            return false;
        }

        var header = bytes.Span;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length <= 0 || length > bytes.Length - HeaderBytes || !IsSealed(header, length))
        {
            return false;
        }

        number = NumberOf(header);
        records = bytes.Slice(HeaderBytes, length);
        return number > 0;
    }

    /// <summary>Whether a good batch begins anywhere in bytes whose number is greater than <paramref name="number"/>.</summary>
    public static bool HasLater(ReadOnlySpan<byte> bytes, ulong number)
    {
        for (; bytes.Length > HeaderBytes; bytes = bytes[1..])
        {
            // No file holds so many batches: most places are passed over without a checksum.
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length > 0 && length <= bytes.Length - HeaderBytes && NumberOf(bytes) > number && NumberOf(bytes) - number <= uint.MaxValue && IsSealed(bytes, length))
            {
                return true;
            }
        }

        return false;
    }

    private static ulong NumberOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[(2 * sizeof(int))..]);

    private static bool IsSealed(ReadOnlySpan<byte> header, int length)
        => Crc32C.Of(header.Slice(2 * sizeof(int), sizeof(ulong) + length)) == BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(int)..]);
}
