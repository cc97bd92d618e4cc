using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>What the log on disk says of one group, gathered record by record.</summary>
internal sealed class GroupImage
{
    private readonly List<LogEntry> _entries = [];

    public HardState Hard { get; set; }

    public SnapshotPoint Snapshot { get; private set; } = SnapshotPoint.Empty;

    /// <summary>The entries behind the snapshot.</summary>
    public IReadOnlyList<LogEntry> Entries => _entries;

    private ulong Last => Snapshot.Index + (ulong)_entries.Count;

    /// <summary>An entry takes the place of whatever is there from its index on.</summary>
    /// <returns>Whether it follows from what is there.</returns>
    public bool TryTake(in LogEntry entry)
    {
        if (entry.Index <= Snapshot.Index)
        {
            return true; // the snapshot was stored before it
        }

        if (entry.Index > Last + 1)
        {
            return false;
        }

        var position = (int)(entry.Index - Snapshot.Index - 1);
        _entries.RemoveRange(position, _entries.Count - position);
        _entries.Add(entry);
        return true;
    }

    /// <summary>A snapshot takes the place of the entries up to its index; those behind it stay when they follow from it.</summary>
    public void Take(SnapshotPoint point)
    {
        if (point.Index < Snapshot.Index)
        {
            return;
        }

        var known = point.Index <= Last && point.Index > Snapshot.Index ? _entries[(int)(point.Index - Snapshot.Index - 1)].Term : point.Index == Snapshot.Index ? Snapshot.Term : (ulong?)null;
        if (known == point.Term)
        {
            _entries.RemoveRange(0, (int)(point.Index - Snapshot.Index));
        }
        else
        {
            _entries.Clear();
        }

        Snapshot = point;
    }

    /// <summary>The log in memory that this is on disk.</summary>
    public RaftLog ToLog() => new(Snapshot, _entries);
}
