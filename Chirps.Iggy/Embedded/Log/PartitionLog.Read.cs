using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>Reading, on the caller's thread.</summary>
internal sealed partial class PartitionLog
{
    private const int ReadWindowBytes = 64 * 1024;

    /// <summary>Reads messages from an offset on.</summary>
    /// <param name="offset">The first one wanted; older than what is kept means the oldest that is.</param>
    /// <param name="count">Most messages.</param>
    /// <param name="bytesMax">Most bytes; the first message is read whatever its size.</param>
    /// <param name="output">Where the messages go, back to back in stored form.</param>
    /// <returns>What was read; nothing beyond the end.</returns>
    /// <exception cref="LogCorruptException">The first message wanted is damaged. Nothing was written to the output.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public LogRead Read(ulong offset, uint count, int bytesMax, WireBuffer output)
    {
        while (true)
        {
            var view = _view;
            var result = default(LogRead);
            try
            {
                ReadFrom(view, Math.Max(offset, view.StartOffset), count, bytesMax, output, ref result);
                return result;
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(view.Segments, _view.Segments))
            {
                // A segment was removed under the reader. What was read of it before is good.
                if (result.Count > 0)
                {
                    return result;
                }
            }
        }
    }

    /// <summary>The offset of the first message stored at an instant or later; the next offset when there is none.</summary>
    /// <param name="timestamp">Microseconds since 1970.</param>
    public ulong OffsetAt(ulong timestamp)
    {
        while (true)
        {
            var view = _view;
            try
            {
                return OffsetAt(view, timestamp);
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(view.Segments, _view.Segments))
            {
            }
        }
    }

    private static void ReadFrom(LogView view, ulong offset, uint count, int bytesMax, WireBuffer output, ref LogRead result)
    {
        var from = offset;
        var bytesLeft = bytesMax;
        for (var index = view.SegmentOf(offset); index < view.Segments.Length; index++)
        {
            var segment = view.Segments[index];
            if (from < segment.BaseOffset && !Refuse(result, from, segment.BaseOffset))
            {
                return;
            }

            if (!ReadSegment(segment, view.SummaryOf(index), ref from, count, ref bytesLeft, output, ref result))
            {
                return;
            }
        }
    }

    /// <returns>Whether there is room for more.</returns>
    private static bool ReadSegment(LogSegment segment, SegmentSummary summary, ref ulong from, uint count, ref int bytesLeft, WireBuffer output, ref LogRead result)
    {
        if (from >= summary.NextOffset)
        {
            return true;
        }

        var entry = SparseIndex.AtOrBefore(segment.Index.Snapshot.Span, from) ?? new IndexEntry(segment.BaseOffset, 0, 0);
        using var walker = new FrameWalker(segment.File, entry.Position, summary.EndPosition, entry.Offset, ReadWindowBytes);
        for (var step = walker.Next(); step != WalkStep.End; step = walker.Next())
        {
            if (step == WalkStep.Damage)
            {
                var resumed = walker.NextOffset > walker.Offset ? walker.NextOffset : summary.NextOffset;
                if (from < resumed)
                {
                    return Refuse(result, from, resumed);
                }
            }
            else if (walker.NextOffset > from && !ReadFrame(walker, ref from, count, ref bytesLeft, output, ref result))
            {
                return false;
            }
        }

        return from >= summary.NextOffset || Refuse(result, from, summary.NextOffset);
    }

    /// <returns>Whether there is room for more.</returns>
    private static bool ReadFrame(FrameWalker walker, ref ulong from, uint count, ref int bytesLeft, WireBuffer output, ref LogRead result)
    {
        var rest = walker.Body();
        for (var offset = walker.Header.BaseOffset; offset < walker.Header.NextOffset; offset++)
        {
            if (!StoredMessage.TrySize(rest, out var size) || size > rest.Length)
            {
                return Refuse(result, from, walker.Header.NextOffset);
            }

            if (offset >= from)
            {
                if (result.Count >= count || (result.Count > 0 && size > bytesLeft))
                {
                    return false;
                }

                var message = rest[..size];
                if (StoredMessage.Offset(message) != offset || !StoredMessage.IsIntact(message))
                {
                    return Refuse(result, offset, walker.Header.NextOffset);
                }

                output.WriteBytes(message);
                bytesLeft -= size;
                from = offset + 1;
                result = new LogRead(result.Count + 1, result.Count == 0 ? offset : result.FirstOffset, offset);
            }

            rest = rest[size..];
        }

        return true;
    }

    /// <summary>Ends a read before damage; a read that has nothing yet is refused.</summary>
    private static bool Refuse(LogRead result, ulong offset, ulong nextOffset)
        => result.Count > 0 ? false : throw new LogCorruptException(offset, nextOffset);

    private static ulong OffsetAt(LogView view, ulong timestamp)
    {
        for (var index = 0; index < view.Segments.Length; index++)
        {
            var segment = view.Segments[index];
            var summary = view.SummaryOf(index);
            if (summary.LastTimestamp < timestamp || summary.EndPosition == 0)
            {
                continue;
            }

            var entry = SparseIndex.BeforeInstant(segment.Index.Snapshot.Span, timestamp) ?? new IndexEntry(segment.BaseOffset, 0, 0);
            using var walker = new FrameWalker(segment.File, entry.Position, summary.EndPosition, entry.Offset, ReadWindowBytes);
            for (var step = walker.Next(); step != WalkStep.End; step = walker.Next())
            {
                if (step == WalkStep.Frame && walker.Header.Timestamp >= timestamp)
                {
                    return walker.Header.BaseOffset;
                }
            }
        }

        return view.NextOffset;
    }

    /// <summary>Fills the window of known ids from what is stored.</summary>
    private void Remember()
    {
        var view = _view;
        var from = view.NextOffset - Math.Min(view.NextOffset, (ulong)_recent.Window);
        for (var index = view.SegmentOf(from); index < view.Segments.Length && _recent.Window > 0; index++)
        {
            var segment = view.Segments[index];
            var summary = view.SummaryOf(index);
            var entry = SparseIndex.AtOrBefore(segment.Index.Snapshot.Span, from) ?? new IndexEntry(segment.BaseOffset, 0, 0);
            using var walker = new FrameWalker(segment.File, entry.Position, summary.EndPosition, entry.Offset, CopyBytes);
            for (var step = walker.Next(); step != WalkStep.End; step = walker.Next())
            {
                if (step == WalkStep.Frame && walker.Header.NextOffset > from)
                {
                    Remember(walker.Header.BaseOffset, walker.Body());
                }
            }
        }
    }

    private void Remember(ulong baseOffset, ReadOnlySpan<byte> body)
    {
        var offset = baseOffset;
        for (var rest = body; StoredMessage.TrySize(rest, out var size) && size <= rest.Length; rest = rest[size..])
        {
            if (!IsMade(StoredMessage.Id(rest)))
            {
                _recent.Add(StoredMessage.Id(rest), offset);
            }

            offset++;
        }
    }
}
