using System.Diagnostics;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>Segments come and go.</summary>
internal sealed partial class PartitionLog
{
    /// <summary>Removes the oldest whole segments that retention does not keep.</summary>
    /// <returns>Ends when they are gone; the number of segments removed.</returns>
    public Task<int> TrimAsync() => Do(() =>
    {
        var limit = Settings.ExpiryMicroseconds == ulong.MaxValue ? 0 : Now() - Math.Min(Now(), Settings.ExpiryMicroseconds);
        if (_view.Last.EndPosition > 0 && _view.Last.LastTimestamp < limit)
        {
            Roll();
        }

        var size = (ulong)_view.SizeBytes;
        return RemoveWhile(segment =>
        {
            var expired = segment.Summary.LastTimestamp < limit;
            if (!expired && size <= Settings.SizeBytesMax)
            {
                return false;
            }

            size -= (ulong)segment.Summary.EndPosition;
            return true;
        });
    });

    /// <summary>Removes the oldest segments; the one being written stays.</summary>
    public Task<int> RemoveSegmentsAsync(uint count) => Do(() =>
    {
        var left = count;
        return RemoveWhile(_ => left-- > 0);
    });

    /// <summary>Removes the segments all of whose messages lie before an offset; the one being written stays.</summary>
    public Task<int> RemoveBeforeAsync(ulong offset) => Do(() => RemoveWhile(segment => segment.Summary.NextOffset <= offset));

    /// <summary>Removes all messages; the next offset is 0 again.</summary>
    public Task PurgeAsync() => Do(() =>
    {
        // The newest first: should the end come in between, what is left are the oldest messages, without a hole.
        CleanMark.Delete(_directory);
        _directory.Sync();
        var segments = _view.Segments;

        // Until the end, an append must not go to a file whose name is gone.
        _hasFailed = true;
        foreach (var segment in segments.Reverse())
        {
            Delete(segment);
        }

        _recent.Clear();
        _unsynced.Clear();
        Begin(LogRecovery.Create(_directory, 0, Settings.IndexStrideBytes), [], 0);
        _durable = _active.Summary;
        _hasFailed = false;
        foreach (var segment in segments)
        {
            segment.Dispose();
        }

        return true;
    });

    /// <summary>Closes the active segment and begins the next, unless it is empty.</summary>
    private void Roll()
    {
        if (Settings.Durability != Durability.None || _hasFailed)
        {
            SyncActive();
        }

        var last = _view.Last;
        if (last.EndPosition == 0)
        {
            return;
        }

        // The new name first: when there is no room for it, nothing has changed.
        var created = LogRecovery.Create(_directory, last.NextOffset, Settings.IndexStrideBytes);
        var old = _active;
        old.Summary = last;
        LogRecovery.WriteIndex(_directory, old);
        if (_durable.EndPosition < last.EndPosition)
        {
            _unsynced.Add(old);
        }

        Begin(created, _view.Segments, _view.SealedBytes + last.EndPosition);
        _durable = new SegmentSummary(Math.Min(_durable.NextOffset, last.NextOffset), 0, 0);
    }

    private void Begin(LogSegment created, LogSegment[] before, long bytesBefore)
    {
        _active = created;
        _view = new LogView([.. before, created], created.Summary, bytesBefore);
    }

    private int RemoveWhile(Func<LogSegment, bool> condition)
    {
        var segments = _view.Segments;
        var count = 0;
        while (count < segments.Length - 1 && condition(segments[count]))
        {
            count++;
        }

        if (count == 0)
        {
            return 0;
        }

        var removed = segments[..count];
        _view = new LogView(segments[count..], _view.Last, _view.SealedBytes - removed.Sum(segment => segment.Summary.EndPosition));
        foreach (var segment in removed)
        {
            Delete(segment);
            _unsynced.Remove(segment);
            segment.Dispose();
        }

        return count;
    }

    /// <summary>Removes the files of a segment, for good before the next is removed: what comes back after a crash has no hole.</summary>
    private void Delete(LogSegment segment)
    {
        _directory.Delete(LogSegment.IndexNameOf(segment.BaseOffset));
        _directory.Delete(LogSegment.NameOf(segment.BaseOffset));
        _directory.Sync();
    }

    /// <summary>Puts everything confirmed so far on stable storage.</summary>
    private void SyncActive()
    {
        if (_hasFailed)
        {
            Rescue();
        }

        if (_durable.EndPosition == _view.Last.EndPosition && _unsynced.Count == 0)
        {
            return;
        }

        try
        {
            Sync(_view.Last);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            GiveUpSegment(exception);
            throw new LogFailedException("The messages could not be put on stable storage.", exception);
        }
    }

    private void Sync(SegmentSummary reached)
    {
        while (_unsynced.Count > 0)
        {
            Sync(_unsynced[0].File);
            _unsynced.RemoveAt(0);
        }

        Sync(_active.File);
        _durable = reached;
    }

    private void Sync(ILogFile file)
    {
        var start = Stopwatch.GetTimestamp();
        file.Sync();
        _committer.Counters.Synced(Stopwatch.GetElapsedTime(start));
    }

    private void Close()
    {
        try
        {
            CommitRest();
            SyncActive();
            CleanMark.Write(_directory, _view.NextOffset);
        }
        finally
        {
            foreach (var segment in _view.Segments)
            {
                segment.Dispose();
            }
        }
    }

    private void CommitRest()
    {
        for (var group = TakeRest(); group.Count > 0; group = TakeRest())
        {
            Commit(group);
        }
    }

    private List<AppendRequest> TakeRest()
    {
        lock (_gate)
        {
            return TakeGroup();
        }
    }
}
