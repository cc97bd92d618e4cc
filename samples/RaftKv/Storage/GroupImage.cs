using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>What the log on disk says of one group, gathered record by record.</summary>
/// <remarks>The log's beginning goes when snapshots cover it: what is read first may be entries whose predecessors are gone, and whose snapshot comes later.</remarks>
internal sealed class GroupImage
{
    private readonly List<LogEntry> _entries = [];

    public HardState Hard { get; set; }

    public SnapshotPoint Snapshot { get; private set; } = SnapshotPoint.Empty;

    private ulong First => _entries.Count == 0 ? Snapshot.Index + 1 : _entries[0].Index;

    private ulong Next => _entries.Count == 0 ? Snapshot.Index + 1 : _entries[^1].Index + 1;

    /// <summary>An entry takes the place of whatever is there from its index on.</summary>
    public void Take(in LogEntry entry)
    {
        if (entry.Index <= Snapshot.Index)
        {
            _entries.Clear();
            return; // the snapshot, which was stored before it, has it
        }

        if (entry.Index < First || entry.Index > Next)
        {
            _entries.Clear();
        }
        else
        {
            _entries.RemoveRange((int)(entry.Index - First), (int)(Next - entry.Index));
        }

        _entries.Add(entry);
    }

    /// <summary>A snapshot takes the place of the entries up to its index.</summary>
    /// <param name="point">The snapshot.</param>
    /// <param name="entriesStay">
    /// Whether those behind it stay. That cannot be seen here: the entry at its index, which would say whether they follow from it, may have been in a file that is gone.
    /// </param>
    public void Take(SnapshotPoint point, bool entriesStay)
    {
        if (point.Index < Snapshot.Index)
        {
            return;
        }

        _entries.RemoveAll(entry => !entriesStay || entry.Index <= point.Index);
        Snapshot = point;
    }

    /// <summary>The log in memory that this is on disk.</summary>
    /// <param name="initial">Who votes in a group that has no snapshot yet.</param>
    /// <exception cref="InvalidDataException">Entries are missing that no snapshot covers.</exception>
    public RaftLog ToLog(Configuration initial)
    {
        if (First != Snapshot.Index + 1)
        {
            throw new InvalidDataException($"The log begins at entry {First}, and the snapshot ends at {Snapshot.Index}.");
        }

        return new RaftLog(Snapshot.Index == 0 ? new SnapshotPoint(0, 0, initial) : Snapshot, _entries);
    }
}
