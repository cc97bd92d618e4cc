namespace Chirps.Iggy.Embedded.Log;

/// <summary>Writing: on one thread of the committer at a time, and nowhere else.</summary>
internal sealed partial class PartitionLog
{
    private const long TicksPerMicrosecond = 10;

    /// <summary>The upper 32 bits of ids made here.</summary>
    private const ulong MadeIdMark = 0x43484952_00000000;
    private const long MadeIdRandomMax = 1L << 32;

    private readonly List<IndexEntry> _stagedFrames = [];
    private readonly List<(UInt128 Id, ulong Offset)> _stagedIds = [];
    private readonly Dictionary<UInt128, ulong> _stagedById = [];
    private readonly List<LogSegment> _unsynced = [];
    private byte[] _buffer = [];
    private int _buffered;
    private long _written;

    private LogSegment _active;

    /// <summary>What of the active segment is known to be on stable storage.</summary>
    private SegmentSummary _durable;

    /// <summary>What the active segment holds once everything staged is written.</summary>
    private SegmentSummary _next;

    private ulong _lastTimestamp;
    private bool _isFull;
    private bool _hasFailed;

    /// <summary>Commits a group, cut where a new segment has to begin.</summary>
    private void Commit(List<AppendRequest> group)
    {
        for (var start = 0; start < group.Count;)
        {
            var end = _view.Last.EndPosition;
            var rolls = end > 0 && !Fits(end, group[start]);
            end = rolls ? 0 : end;
            var count = 0;
            do
            {
                end += FrameHeader.Bytes + group[start + count].Bytes;
                count++;
            }
            while (start + count < group.Count && Fits(end, group[start + count]));

            CommitPart(group.GetRange(start, count), rolls);
            start += count;
        }
    }

    private bool Fits(long end, AppendRequest request) => end + FrameHeader.Bytes + request.Bytes <= Settings.SegmentBytes;

    private void CommitPart(List<AppendRequest> part, bool rolls)
    {
        try
        {
            Write(part, rolls);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            CutBack(exception);
            Refuse(part, exception);
            return;
        }

        try
        {
            if (Settings.Durability == Durability.Fsync && _stagedFrames.Count > 0)
            {
                Sync(_next);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            GiveUpSegment(exception);
            Refuse(part, exception);
            return;
        }

        if (_stagedFrames.Count > 0)
        {
            _committer.Counters.Committed((long)(_next.NextOffset - _view.NextOffset), _written - _view.Last.EndPosition);
        }

        Publish();
        End(part, null);
    }

    /// <summary>Answers the senders: one after the other on another thread, so that those who were stored together are answered together.</summary>
    private static void End(List<AppendRequest> part, Exception? refusal)
    {
        if (part is [{ RunsHere: true }])
        {
            EndHere((part, refusal));
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(EndHere, (part, refusal), preferLocal: false);
        }
    }

    private static void EndHere((List<AppendRequest> Part, Exception? Refusal) ended)
    {
        foreach (var request in ended.Part)
        {
            if (ended.Refusal is { } refusal)
            {
                request.Completion.TrySetException(refusal);
            }
            else
            {
                request.Completion.TrySetResult(request.Result);
            }
        }
    }

    private void Write(List<AppendRequest> part, bool rolls)
    {
        if (_hasFailed)
        {
            Rescue();
        }

        if (rolls)
        {
            Roll();
        }

        _buffered = 0;
        _stagedFrames.Clear();
        _stagedIds.Clear();
        _stagedById.Clear();
        _next = _view.Last;
        _written = _next.EndPosition;
        _lastTimestamp = Math.Max(_lastTimestamp, Now());
        foreach (var request in part)
        {
            Stage(request);
        }

        WriteBuffer();
    }

    private ulong Now() => (ulong)((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TicksPerMicrosecond);

    private void Stage(AppendRequest request)
    {
        Stamp(request);
        if (request.Count == 0)
        {
            return;
        }

        var header = new FrameHeader(request.Messages.Length, (uint)request.Count, _next.NextOffset, _lastTimestamp, _durable.NextOffset);
        _stagedFrames.Add(new IndexEntry(header.BaseOffset, header.Timestamp, _next.EndPosition));
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        header.Write(bytes);
        Put(bytes);
        Put(request.Messages.Span);
        _next = new SegmentSummary(header.NextOffset, _next.EndPosition + FrameHeader.Bytes + header.BodyBytes, header.Timestamp);
    }

    /// <summary>Gives the messages their offsets and leaves out those that are stored already.</summary>
    private void Stamp(AppendRequest request)
    {
        var messages = request.Messages.Span;
        var kept = 0;
        var next = _next.NextOffset;
        ulong? first = null;
        ulong[]? offsets = null;
        var offset = 0UL;
        var index = 0;
        for (var at = 0; at < messages.Length; index++)
        {
            if (!StoredMessage.TrySize(messages[at..], out var size) || size > messages.Length - at)
            {
                throw new LogFailedException("The messages were changed while they were being stored.");
            }

            var id = StoredMessage.Id(messages[at..]);
            if (!TryFindStored(id, out offset))
            {
                offset = next++;
                id = id == UInt128.Zero ? NewId() : id;
                if (kept < at)
                {
                    messages.Slice(at, size).CopyTo(messages[kept..]);
                }

                StoredMessage.Stamp(messages.Slice(kept, size), id, offset, _lastTimestamp);
                Stage(id, offset);
                kept += size;
            }

            first ??= offset;
            at += size;
            if (offsets is null && offset != first + (ulong)index)
            {
                offsets = new ulong[request.Count];
                for (var before = 0; before < index; before++)
                {
                    offsets[before] = first.Value + (ulong)before;
                }
            }

            if (offsets is not null)
            {
                offsets[index] = offset;
            }
        }

        request.Messages = request.Messages[..kept];
        request.Count = (int)(next - _next.NextOffset);
        request.Result = new AppendResult(first ?? offset, offset, request.Count, offsets);
    }

    private void Stage(UInt128 id, ulong offset)
    {
        if (_recent.Window > 0 && !IsMade(id))
        {
            _stagedIds.Add((id, offset));
            _stagedById[id] = offset;
        }
    }

    /// <summary>An id for a message that came without one: nobody can send it again, so it need not be remembered.</summary>
    private static UInt128 NewId() => new(MadeIdMark | (ulong)Random.Shared.NextInt64(MadeIdRandomMax), (ulong)Random.Shared.NextInt64());

    private static bool IsMade(UInt128 id) => (ulong)(id >> 64) / MadeIdRandomMax == MadeIdMark / MadeIdRandomMax;

    private bool TryFindStored(UInt128 id, out ulong offset)
    {
        offset = 0;
        return id != UInt128.Zero && (_stagedById.TryGetValue(id, out offset) || _recent.TryFind(id, out offset));
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        while (!rest.IsEmpty)
        {
            var count = Math.Min(rest.Length, _buffer.Length - _buffered);
            rest[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            rest = rest[count..];
            if (_buffered == _buffer.Length)
            {
                WriteBuffer();
            }
        }
    }

    private void WriteBuffer()
    {
        _active.File.Write(_buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }

    /// <summary>Shows readers what was staged, and remembers it.</summary>
    private void Publish()
    {
        foreach (var frame in _stagedFrames)
        {
            _active.Index.Add(frame);
        }

        foreach (var (id, offset) in _stagedIds)
        {
            _recent.Add(id, offset);
        }

        _view = _view with { Last = _next };
        if (_isFull)
        {
            _isFull = false;
            LogHasRoom(_log);
        }
    }
}
