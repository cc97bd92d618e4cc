using System.Diagnostics;

namespace RaftKv.Core;

/// <summary>The log of one replica as it is in memory: the entries behind the snapshot, and some before it for followers that are a little late.</summary>
internal sealed class RaftLog
{
    private readonly List<LogEntry> _entries = [];
    private readonly List<(ulong Index, Configuration Configuration)> _configurations = [];
    private ulong _beforeFirst;
    private ulong _beforeFirstTerm;

    public RaftLog(SnapshotPoint snapshot, IEnumerable<LogEntry> entries)
    {
        Snapshot = snapshot;
        (_beforeFirst, _beforeFirstTerm) = (snapshot.Index, snapshot.Term);
        foreach (var entry in entries)
        {
            Append(entry);
        }

        Stable = Last;
    }

    /// <summary>The latest snapshot.</summary>
    public SnapshotPoint Snapshot { get; private set; }

    /// <summary>The last index.</summary>
    public ulong Last => _beforeFirst + (ulong)_entries.Count;

    public ulong LastTerm => _entries.Count == 0 ? _beforeFirstTerm : _entries[^1].Term;

    /// <summary>Up to here the log is on disk.</summary>
    public ulong Stable { get; private set; }

    /// <summary>The latest configuration, committed or not: it counts from the moment it is in the log (Ongaro's dissertation, section 4.1).</summary>
    public Configuration Configuration => _configurations.Count == 0 ? Snapshot.Configuration : _configurations[^1].Configuration;

    /// <summary>Where that configuration is.</summary>
    public ulong ConfigurationIndex => _configurations.Count == 0 ? Snapshot.Index : _configurations[^1].Index;

    /// <summary>The term at an index; <see langword="null"/> where the log does not reach, or no longer.</summary>
    public ulong? Term(ulong index)
        => index == _beforeFirst ? _beforeFirstTerm
            : index < _beforeFirst || index > Last ? null
            : _entries[(int)(index - _beforeFirst - 1)].Term;

    /// <summary>How long the data at an index are, which must be in the log.</summary>
    public int LengthAt(ulong index) => index <= _beforeFirst ? 0 : _entries[(int)(index - _beforeFirst - 1)].Data.Length;

    /// <summary>Whether another log is at least as new as this one (Raft, section 5.4.1).</summary>
    public bool IsUpToDate(ulong lastTerm, ulong lastIndex) => lastTerm > LastTerm || (lastTerm == LastTerm && lastIndex >= Last);

    /// <summary>Puts an entry at the end.</summary>
    public void Append(in LogEntry entry)
    {
        if (entry.Index != Last + 1)
        {
            throw new UnreachableException($"Entry {entry.Index} does not follow {Last}.");
        }

        _entries.Add(entry);
        if (entry.Kind == EntryKind.Configuration && Configuration.TryDecode(entry.Data.Span, out var configuration))
        {
            _configurations.Add((entry.Index, configuration));
        }
    }

    /// <summary>Removes the entries from an index on.</summary>
    public void Truncate(ulong from)
    {
        if (from > Last)
        {
            return;
        }

        _entries.RemoveRange((int)(from - _beforeFirst - 1), (int)(Last - from + 1));
        _configurations.RemoveAll(one => one.Index >= from);
        Stable = Math.Min(Stable, from - 1);
    }

    /// <summary>The entries from an index on, as many as fit in so many bytes, but one at least where there is one.</summary>
    public LogEntry[] Slice(ulong from, ulong to, int bytesMax)
    {
        var first = (int)(from - _beforeFirst - 1);
        var count = 0;
        for (var bytes = 0; first + count < _entries.Count && _entries[first + count].Index <= to; count++)
        {
            bytes += _entries[first + count].Data.Length;
            if (count > 0 && bytes > bytesMax)
            {
                break;
            }
        }

        return count <= 0 ? [] : [.. _entries.GetRange(first, count)];
    }

    /// <summary>The last index up to a limit whose term is at most so high: where a conflicting log may agree (Ongaro's dissertation, section 5.3).</summary>
    public (ulong Index, ulong Term) AgreeAt(ulong limit, ulong term)
    {
        var index = Math.Min(limit, Last);
        while (index > _beforeFirst && Term(index) > term)
        {
            index--;
        }

        return (index, Term(index) ?? 0);
    }

    /// <summary>What was written up to an index, at that time with this term, is on disk.</summary>
    public void Persisted(ulong index, ulong term)
    {
        if (index > Stable && Term(index) == term)
        {
            Stable = index;
        }
    }

    /// <summary>A snapshot of this replica's own state was stored; entries before it may go, except the last <paramref name="kept"/>.</summary>
    public void Compact(ulong index, int kept)
    {
        if (index <= Snapshot.Index || Term(index) is not { } term)
        {
            return;
        }

        Snapshot = new SnapshotPoint(index, term, ConfigurationAt(index));
        _configurations.RemoveAll(one => one.Index <= index);
        var removed = (long)(index - _beforeFirst) - kept;
        if (removed > 0)
        {
            _beforeFirstTerm = _entries[(int)removed - 1].Term;
            _beforeFirst += (ulong)removed;
            _entries.RemoveRange(0, (int)removed);
        }
    }

    /// <summary>The configuration that counted at an index.</summary>
    public Configuration ConfigurationAt(ulong index)
        => _configurations.FindLast(one => one.Index <= index) is { Configuration: { } configuration } ? configuration : Snapshot.Configuration;

    /// <summary>A leader's snapshot takes the place of everything up to it; entries behind it stay when they follow from it.</summary>
    public void Install(SnapshotPoint point)
    {
        var follows = Term(point.Index) == point.Term;
        var rest = follows && point.Index < Last ? Slice(point.Index + 1, Last, int.MaxValue) : [];
        var stable = follows ? Math.Max(Stable, point.Index) : point.Index;
        _entries.Clear();
        _configurations.Clear();
        Snapshot = point;
        (_beforeFirst, _beforeFirstTerm) = (point.Index, point.Term);
        Array.ForEach(rest, entry => Append(entry));
        Stable = Math.Min(stable, Last);
    }
}
