using Chirps.Engine.Membership;
using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>
/// The records of a node's log, which holds those of all its groups in the order they were stored. A record: length of the body, 4 bytes, then the body:
/// kind, group, fields.
/// </summary>
internal static class LogRecords
{
    private const byte EntriesStayFlag = 1;

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
            Write(writer, group, snapshot, request.EntriesStay);
        }

        foreach (var entry in request.Entries)
        {
            Write(writer, group, entry);
        }
    }

    /// <summary>Applies the records of a batch to the images of their groups.</summary>
    /// <param name="records">What is kept of them is copied.</param>
    /// <param name="images">By group; new groups are added.</param>
    /// <param name="seen">Told the group and index of every entry, to know what a file holds.</param>
    /// <returns>Whether all of them were records; if not, some may have been applied.</returns>
    public static bool TryApply(ReadOnlyMemory<byte> records, SortedDictionary<ulong, GroupImage> images, Action<ulong, ulong> seen)
    {
        var reader = new FieldReader(records);
        while (reader.IsIntact && !reader.IsComplete)
        {
            if (!TryApplyOne(reader.Bytes(), images, seen))
            {
                return false;
            }
        }

        return reader.IsComplete;
    }

    private static void Write(FieldWriter writer, ulong group, in HardState hard)
    {
        var vote = hard.Vote.ToString();
        Begin(writer, Kind.Hard, group, sizeof(ulong) + sizeof(int) + vote.Length);
        writer.UInt64(hard.Term);
        writer.Text(vote);
    }

    private static void Write(FieldWriter writer, ulong group, SnapshotPoint snapshot, bool entriesStay)
    {
        var voters = snapshot.Configuration.Encode();
        Begin(writer, Kind.Snapshot, group, (2 * sizeof(ulong)) + sizeof(byte) + voters.Length);
        writer.UInt64(snapshot.Index);
        writer.UInt64(snapshot.Term);
        writer.Byte(entriesStay ? EntriesStayFlag : default);
        writer.Raw(voters);
    }

    private static void Write(FieldWriter writer, ulong group, in LogEntry entry)
    {
        Begin(writer, Kind.Entry, group, (2 * sizeof(ulong)) + sizeof(byte) + entry.Data.Length);
        writer.UInt64(entry.Index);
        writer.UInt64(entry.Term);
        writer.Byte((byte)entry.Kind);
        writer.Raw(entry.Data.Span);
    }

    private static bool TryApplyOne(ReadOnlyMemory<byte> body, SortedDictionary<ulong, GroupImage> images, Action<ulong, ulong> seen)
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
                var (snapshotIndex, snapshotTerm, flags) = (reader.UInt64(), reader.UInt64(), reader.Byte());
                if (!Configuration.TryDecode(reader.Rest().Span, out var configuration) || !reader.IsComplete || flags > EntriesStayFlag)
                {
                    return false;
                }

                image.Take(new SnapshotPoint(snapshotIndex, snapshotTerm, configuration), flags == EntriesStayFlag);
                return true;
            case Kind.Entry:
                var (index, entryTerm, entryKind) = (reader.UInt64(), reader.UInt64(), (EntryKind)reader.Byte());
                var data = reader.Rest().ToArray();
                if (!reader.IsComplete || entryKind > EntryKind.Configuration || index == 0)
                {
                    return false;
                }

                seen(group, index);
                image.Take(new LogEntry(entryTerm, index, entryKind, data));
                return true;
            default:
                return false;
        }
    }

    private static void Begin(FieldWriter writer, Kind kind, ulong group, int fieldBytes)
    {
        writer.Int32(sizeof(byte) + sizeof(ulong) + fieldBytes);
        writer.Byte((byte)kind);
        writer.UInt64(group);
    }
}
