namespace Chirps.Iggy.Embedded.Log;

/// <summary>What happens when the disk does not do what it should.</summary>
internal sealed partial class PartitionLog
{
    private const int CopyBytes = 1024 * 1024;
    private const string RescueName = "rescue.new";

    /// <summary>Tells publishers. What they were told before stays true.</summary>
    private void Refuse(List<AppendRequest> part, Exception failure)
    {
        if (failure is DiskFullException && !_isFull)
        {
            _isFull = true;
            LogFull(_log);
        }

        // A failed sync, or a cut that failed, may have left the messages in the file.
        Exception refusal = failure is DiskFullException && !_hasFailed
            ? new DiskFullException(failure)
            : new LogFailedException("The messages could not be put on stable storage.", failure);
        End(part, refusal);
    }

    /// <summary>Removes what a failed write left behind the last good frame.</summary>
    private void CutBack(Exception failure)
    {
        if (_hasFailed)
        {
            return;
        }

        try
        {
            if (_active.File.Length > _view.Last.EndPosition)
            {
                _active.File.Truncate(_view.Last.EndPosition);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            GiveUpSegment(failure);
        }
    }

    /// <summary>
    /// After a failed sync the operating system may have dropped what it could not write and report success the next time. So the file
    /// is not synced again: the next append begins another one. Unless somebody was told otherwise, what is doubtful is dropped from the
    /// operating system's memory too, so that a restarted process does not find it there and take it for stored.
    /// </summary>
    private void GiveUpSegment(Exception failure)
    {
        _hasFailed = true;
        LogFailed(_log, failure);
        if (_durable.EndPosition != _view.Last.EndPosition)
        {
            return;
        }

        try
        {
            _active.File.Truncate(_durable.EndPosition);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotCut(_log, exception);
        }
    }

    /// <summary>
    /// Begins another segment where stable storage is known to end, with what was confirmed behind that point (nothing when appends
    /// wait for a sync), verified and copied.
    /// </summary>
    private void Rescue()
    {
        var start = _durable.EndPosition;
        var baseOffset = Math.Max(_durable.NextOffset, _active.BaseOffset);
        var end = _view.Last.EndPosition;
        var (index, summary) = Verify(start, end, baseOffset);
        _directory.Delete(RescueName);
        var file = _directory.Create(RescueName);
        try
        {
            Copy(_active.File, start, end, file);
            file.Sync();
            _directory.Rename(RescueName, LogSegment.NameOf(baseOffset));
            _directory.Sync();
        }
        catch
        {
            file.Dispose();
            throw;
        }

        var old = _active;
        _active = new LogSegment(baseOffset, file, index, summary);
        if (start == 0)
        {
            _view = _view with { Segments = [.. _view.Segments[..^1], _active], Last = summary };
        }
        else
        {
            old.Index.CutTo(start);
            old.Summary = _durable;
            LogRecovery.WriteIndex(_directory, old);
            _view = new LogView([.. _view.Segments, _active], summary, _view.SealedBytes + start);
        }

        _durable = summary;
        _hasFailed = false;
        LogRescued(_log, summary.NextOffset);
    }

    private (SparseIndex Index, SegmentSummary Summary) Verify(long start, long end, ulong baseOffset)
    {
        var index = new SparseIndex(Settings.IndexStrideBytes);
        var summary = new SegmentSummary(baseOffset, 0, 0);
        using var walker = new FrameWalker(_active.File, start, end, baseOffset, CopyBytes);
        for (var step = walker.Next(); step != WalkStep.End; step = walker.Next())
        {
            if (step == WalkStep.Damage || !walker.Header.Matches(walker.Body()))
            {
                throw new LogCorruptException(walker.Offset, walker.NextOffset);
            }

            index.Add(new IndexEntry(walker.Header.BaseOffset, walker.Header.Timestamp, walker.Position - start));
            summary = new SegmentSummary(walker.NextOffset, walker.NextPosition - start, walker.Header.Timestamp);
        }

        return (index, summary);
    }

    private static void Copy(ILogFile from, long start, long end, ILogFile to)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(CopyBytes);
        for (var position = start; position < end;)
        {
            var read = from.Read(buffer.AsSpan(0, (int)Math.Min(CopyBytes, end - position)), position);
            if (read == 0)
            {
                throw new EndOfStreamException("A segment is shorter than what was confirmed.");
            }

            to.Write(buffer.AsSpan(0, read), position - start);
            position += read;
        }
    }
}
