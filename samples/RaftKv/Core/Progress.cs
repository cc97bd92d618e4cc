using Chirps.Engine.Time;

namespace RaftKv.Core;

/// <summary>How a leader sends to one follower.</summary>
internal enum ProgressMode : byte
{
    /// <summary>One Append at a time, until it is known where the logs agree.</summary>
    Probe,

    /// <summary>Appends one after the other without waiting for answers.</summary>
    Pipeline,

    /// <summary>A snapshot is on its way; no Appends.</summary>
    Snapshot,
}

/// <summary>What a leader knows of one follower.</summary>
internal sealed class Progress(ulong next)
{
    private readonly Queue<ulong> _inFlight = [];

    public ProgressMode Mode { get; private set; }

    /// <summary>What the follower has on disk up to, for certain.</summary>
    public ulong Match { get; private set; }

    /// <summary>What is sent next.</summary>
    public ulong Next { get; private set; } = next;

    /// <summary>Whether it answered since the last check of the quorum.</summary>
    public bool IsActive { get; set; }

    /// <summary>Whether a probe waits for its answer.</summary>
    public bool IsProbing { get; set; }

    /// <summary>The last round of heartbeats that it answered.</summary>
    public ulong Round { get; set; }

    /// <summary>The index of the snapshot on its way.</summary>
    public ulong SnapshotIndex { get; private set; }

    /// <summary>When the snapshot is offered again.</summary>
    public MeshInstant SnapshotRetryAt { get; set; }

    public bool MaySend(int inFlightMax) => Mode switch
    {
        ProgressMode.Probe => !IsProbing,
        ProgressMode.Pipeline => _inFlight.Count < inFlightMax,
        _ => false,
    };

    /// <summary>An Append up to an index was sent.</summary>
    public void Sent(ulong last)
    {
        if (Mode == ProgressMode.Probe)
        {
            IsProbing = true;
        }
        else if (last >= Next)
        {
            _inFlight.Enqueue(last);
            Next = last + 1;
        }
    }

    /// <summary>The follower has everything up to an index.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Acknowledged(ulong index)
    {
        IsProbing = false;
        while (_inFlight.TryPeek(out var first) && first <= index)
        {
            _inFlight.Dequeue();
        }

        var isNews = index > Match;
        Match = Math.Max(Match, index);
        Next = Math.Max(Next, Match + 1);
        if (Mode == ProgressMode.Probe || (Mode == ProgressMode.Snapshot && Match >= SnapshotIndex))
        {
            Mode = ProgressMode.Pipeline;
            Next = Match + 1;
        }

        return isNews;
    }

    /// <summary>Whether a refusal of the Append behind an index still says something: an older one, or one sent twice, does not.</summary>
    public bool IsNews(ulong refused) => Mode switch
    {
        ProgressMode.Pipeline => refused > Match,
        ProgressMode.Probe => refused == Next - 1,
        _ => false,
    };

    /// <summary>Begins to look for where the logs agree.</summary>
    public void Probe(ulong next)
    {
        Mode = ProgressMode.Probe;
        Next = Math.Max(next, Match + 1);
        IsProbing = false;
        _inFlight.Clear();
    }

    /// <summary>A snapshot was offered.</summary>
    public void SendSnapshot(ulong index, MeshInstant retryAt)
    {
        Mode = ProgressMode.Snapshot;
        SnapshotIndex = index;
        SnapshotRetryAt = retryAt;
        _inFlight.Clear();
    }

    /// <summary>Makes room for one more Append when the window is full: an answer was lost, or is late.</summary>
    public void Relax()
    {
        IsProbing = false;
        if (_inFlight.Count > 0)
        {
            _inFlight.Dequeue();
        }
    }
}
