using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>What the files of a log hold, and therefore when one of them may go. Decides only; whoever has the files does it.</summary>
internal sealed class LogFiles
{
    private readonly Queue<LogSegment> _old = [];
    private readonly SortedDictionary<ulong, (HardState Hard, SnapshotPoint Snapshot)> _groups = [];

    /// <summary>Begins with what was read.</summary>
    /// <param name="segments">The files, oldest first; at least one.</param>
    /// <param name="images">What they say of each group.</param>
    public LogFiles(IReadOnlyList<LogSegment> segments, SortedDictionary<ulong, GroupImage> images)
    {
        foreach (var segment in segments.SkipLast(1))
        {
            _old.Enqueue(segment);
        }

        Newest = segments[^1];
        foreach (var (group, image) in images)
        {
            _groups[group] = (image.Hard, image.Snapshot);
        }
    }

    /// <summary>The one that is written to.</summary>
    public LogSegment Newest { get; private set; }

    public int Count => _old.Count + 1;

    /// <summary>The group whose entries keep the oldest file from going; 0 for none.</summary>
    public ulong Blocker => _old.TryPeek(out var oldest)
        ? oldest.Last.Where(one => one.Value > _groups[one.Key].Snapshot.Index).Select(one => one.Key).FirstOrDefault()
        : 0;

    /// <summary>A request is written to the newest file.</summary>
    public void Note(ulong group, PersistRequest request)
    {
        var (hard, snapshot) = _groups.TryGetValue(group, out var known) ? known : (default, SnapshotPoint.Empty);
        _groups[group] = (request.Hard ?? hard, request.Snapshot ?? snapshot);
        if (request.Entries.Count > 0)
        {
            Newest.Saw(group, request.Entries[^1].Index);
        }
    }

    /// <summary>Another file is the newest. The states must be written to it, and be stable, before any other file goes.</summary>
    public void Begin(LogSegment next)
    {
        _old.Enqueue(Newest);
        Newest = next;
    }

    /// <summary>Writes the term, the vote and the snapshot of every group: the file they go to needs none before it for those.</summary>
    public void WriteStates(FieldWriter writer)
    {
        foreach (var (group, (hard, snapshot)) in _groups)
        {
            LogRecords.Write(writer, group, new PersistRequest { Hard = hard, Snapshot = snapshot, EntriesStay = true });
        }
    }

    /// <summary>Takes out the oldest file if snapshots that are on disk cover everything in it.</summary>
    public bool TryTakeCovered(out LogSegment segment)
    {
        segment = Newest;
        return Blocker == 0 && _old.TryDequeue(out segment!);
    }
}
