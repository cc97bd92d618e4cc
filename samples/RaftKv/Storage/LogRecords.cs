using System.Buffers.Binary;
using Chirps.Engine.Membership;
using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>
/// The records of a node's log, which holds those of all its groups in the order they were stored. A record: length of the body and its CRC-32C, 4 bytes
/// each, then the body: kind, group, fields.
/// </summary>
internal static class LogRecords
{
    /// <summary>Length and checksum.</summary>
    public const int HeaderBytes = 8;

    /// <summary>A body longer than this is damage, not a record.</summary>
    public const int BodyBytesMax = 64 * 1024 * 1024;

    private enum Kind : byte
    {
        Hard = 1,
        Entry,
        Snapshot,
    }

    /// <summary>Writes the records of a request.</summary>
    public static void Write(FieldWriter writer, ulong group, PersistRequest request)
    {
        if (request.Hard is { } hard)
        {
            Write(writer, group, hard);
        }

        if (request.Snapshot is { } snapshot)
        {
            Write(writer, group, snapshot);
        }

        foreach (var entry in request.Entries)
        {
            Write(writer, group, entry);
        }
    }

    public static void Write(FieldWriter writer, ulong group, in HardState hard)
    {
        var vote = hard.Vote.ToString();
        Begin(writer, Kind.Hard, group, sizeof(ulong) + sizeof(int) + vote.Length, out var start);
        writer.UInt64(hard.Term);
        writer.Text(vote);
        Seal(writer, start);
    }

    public static void Write(FieldWriter writer, ulong group, SnapshotPoint snapshot)
    {
        var voters = snapshot.Configuration.Encode();
        Begin(writer, Kind.Snapshot, group, (2 * sizeof(ulong)) + voters.Length, out var start);
        writer.UInt64(snapshot.Index);
        writer.UInt64(snapshot.Term);
        writer.Raw(voters);
        Seal(writer, start);
    }

    public static void Write(FieldWriter writer, ulong group, in LogEntry entry)
    {
        Begin(writer, Kind.Entry, group, (2 * sizeof(ulong)) + sizeof(byte) + entry.Data.Length, out var start);
        writer.UInt64(entry.Index);
        writer.UInt64(entry.Term);
        writer.Byte((byte)entry.Kind);
        writer.Raw(entry.Data.Span);
        Seal(writer, start);
    }

    /// <summary>Applies records to the images of their groups until one is torn or damaged.</summary>
    /// <param name="bytes">Records. What is kept of them is copied.</param>
    /// <param name="images">By group; new groups are added.</param>
    /// <param name="seen">Told the group and index of every entry, to know what a file holds.</param>
    /// <returns>How many bytes are good records.</returns>
    public static int Replay(ReadOnlyMemory<byte> bytes, SortedDictionary<ulong, GroupImage> images, Action<ulong, ulong>? seen = null)
    {
        var position = 0;
        while (bytes.Length - position >= HeaderBytes)
        {
            var header = bytes.Span.Slice(position, HeaderBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is <= 0 or > BodyBytesMax || bytes.Length - position - HeaderBytes < length)
            {
                break;
            }

            var body = bytes.Slice(position + HeaderBytes, length);
            if (Crc32C.Of(body.Span) != BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(int)..]) || !TryApply(body, images, seen))
            {
                break;
            }

            position += HeaderBytes + length;
        }

        return position;
    }

    private static bool TryApply(ReadOnlyMemory<byte> body, SortedDictionary<ulong, GroupImage> images, Action<ulong, ulong>? seen)
    {
        var reader = new FieldReader(body);
        var kind = (Kind)reader.Byte();
        var group = reader.UInt64();
        if (!images.TryGetValue(group, out var image))
        {
            images[group] = image = new GroupImage();
        }

        switch (kind)
        {
            case Kind.Hard:
                var term = reader.UInt64();
                var name = reader.Text();
                if (!reader.IsComplete || (!MemberId.TryParse(name, out var vote) && name.Length > 0))
                {
                    return false;
                }

                image.Hard = new HardState(term, vote);
                return true;
            case Kind.Snapshot:
                var (snapshotIndex, snapshotTerm) = (reader.UInt64(), reader.UInt64());
                if (!Configuration.TryDecode(reader.Rest().Span, out var configuration) || !reader.IsComplete)
                {
                    return false;
                }

                image.Take(new SnapshotPoint(snapshotIndex, snapshotTerm, configuration));
                return true;
            case Kind.Entry:
                var (index, entryTerm, entryKind) = (reader.UInt64(), reader.UInt64(), (EntryKind)reader.Byte());
                var data = reader.Rest().ToArray();
                if (!reader.IsComplete || entryKind > EntryKind.Configuration || index == 0)
                {
                    return false;
                }

                seen?.Invoke(group, index);
                image.Take(new LogEntry(entryTerm, index, entryKind, data));
                return true;
            default:
                return false;
        }
    }

    private static void Begin(FieldWriter writer, Kind kind, ulong group, int fieldBytes, out int start)
    {
        start = writer.Length;
        writer.Int32(sizeof(byte) + sizeof(ulong) + fieldBytes);
        writer.Int32(0);
        writer.Byte((byte)kind);
        writer.UInt64(group);
    }

    private static void Seal(FieldWriter writer, int start)
        => writer.PatchUInt32(start + sizeof(int), Crc32C.Of(writer.Written.Span[(start + HeaderBytes)..]));
}
