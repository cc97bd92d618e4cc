using System.Buffers.Binary;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>Finds the place in a segment from which to read on towards an offset or an instant. One writer, and readers of a <see cref="Snapshot"/>.</summary>
/// <param name="strideBytes">Bytes of the segment between two entries.</param>
internal sealed class SparseIndex(int strideBytes)
{
    private const uint Magic = 0x31494C43;
    private const int EntryBytes = 24;
    private const int HeaderBytes = 48;
    private const int CountAt = 4;
    private const int NextOffsetAt = 8;
    private const int EndPositionAt = 16;
    private const int LastTimestampAt = 24;
    private const int ReservedAt = 32;
    private const int ChecksumAt = 40;

    private IndexEntry[] _entries = new IndexEntry[16];
    private int _count;

    /// <summary>The entries so far; what is added later does not change them.</summary>
    public ReadOnlyMemory<IndexEntry> Snapshot
    {
        get
        {
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _entries).AsMemory(0, count);
        }
    }

    /// <summary>Notes a frame, when it is far enough from the one noted before.</summary>
    public void Add(IndexEntry entry)
    {
        if (_count > 0 && entry.Position - _entries[_count - 1].Position < strideBytes)
        {
            return;
        }

        if (_count == _entries.Length)
        {
            var larger = new IndexEntry[_count * 2];
            _entries.CopyTo(larger, 0);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = entry;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Forgets entries of frames that were cut off.</summary>
    public void CutTo(long position)
    {
        var count = _count;
        while (count > 0 && _entries[count - 1].Position >= position)
        {
            count--;
        }

        // Readers may hold the old array.
        Volatile.Write(ref _entries, [.. _entries]);
        Volatile.Write(ref _count, count);
    }

    /// <summary>The last entry at or before an offset.</summary>
    public static IndexEntry? AtOrBefore(ReadOnlySpan<IndexEntry> entries, ulong offset)
    {
        var index = LastWhere(entries, entry => entry.Offset <= offset);
        return index < 0 ? null : entries[index];
    }

    /// <summary>The last entry before an instant: no frame before it has reached the instant.</summary>
    public static IndexEntry? BeforeInstant(ReadOnlySpan<IndexEntry> entries, ulong timestamp)
    {
        var index = LastWhere(entries, entry => entry.Timestamp < timestamp);
        return index < 0 ? null : entries[index];
    }

    /// <summary>The index file of a segment that is complete.</summary>
    public byte[] ToFile(SegmentSummary summary)
    {
        var bytes = new byte[HeaderBytes + (_count * EntryBytes)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountAt), _count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(NextOffsetAt), summary.NextOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EndPositionAt), summary.EndPosition);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(LastTimestampAt), summary.LastTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ReservedAt), 0);
        for (var index = 0; index < _count; index++)
        {
            var entry = bytes.AsSpan(HeaderBytes + (index * EntryBytes), EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, _entries[index].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], _entries[index].Timestamp);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], _entries[index].Position);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChecksumAt), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads an index file; <see langword="null"/> when it is damaged, and has to be made again from the segment.</summary>
    public static SparseIndex? FromFile(ReadOnlySpan<byte> bytes, int strideBytes, out SegmentSummary summary)
    {
        summary = default;
        if (bytes.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || bytes.Length != HeaderBytes + ((long)BinaryPrimitives.ReadInt32LittleEndian(bytes[CountAt..]) * EntryBytes)
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]) != Checksum(bytes))
        {
            return null;
        }

        summary = new SegmentSummary(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[NextOffsetAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[EndPositionAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[LastTimestampAt..]));
        var index = new SparseIndex(strideBytes) { _count = BinaryPrimitives.ReadInt32LittleEndian(bytes[CountAt..]) };
        index._entries = new IndexEntry[Math.Max(index._count, 1)];
        for (var at = 0; at < index._count; at++)
        {
            var entry = bytes.Slice(HeaderBytes + (at * EntryBytes), EntryBytes);
            index._entries[at] = new IndexEntry(
                BinaryPrimitives.ReadUInt64LittleEndian(entry),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[16..]));
        }

        return index;
    }

    private static ulong Checksum(ReadOnlySpan<byte> file)
        => XxHash3.Of(file[..ChecksumAt]) ^ (XxHash3.Of(file[HeaderBytes..]) * 31);

    private static int LastWhere(ReadOnlySpan<IndexEntry> entries, Func<IndexEntry, bool> holds)
    {
        var low = 0;
        var high = entries.Length;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (holds(entries[middle]))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
