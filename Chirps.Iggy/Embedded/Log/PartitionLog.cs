using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>The messages of one partition on disk: appended in order, read by offset and by instant, confirmed once they are as safe as asked.</summary>
/// <remarks>
/// Any thread may call. Everything that writes happens on a thread of the <see cref="LogCommitter"/>, one piece of work after the
/// other; reads run on the caller's thread beside it, from a view that does not change.
/// </remarks>
internal sealed partial class PartitionLog : IAsyncDisposable
{
    private const int GroupBytesMax = 16 * 1024 * 1024;
    private const int CompanyMin = 4;
    private const int CompanyShare = 2;

    private readonly ILogDirectory _directory;
    private readonly LogCommitter _committer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly RecentMessages _recent;

    // Under the gate.
    private readonly Queue<AppendRequest> _pending = new();
    private readonly Queue<Action> _jobs = new();
    private volatile int _waiting;
    private bool _isScheduled;
    private bool _isClosed;

    private volatile LogView _view;
    private int _lastGroup;
    private TimeSpan _lastCommit;

    private PartitionLog(ILogDirectory directory, LogSettings settings, LogCommitter committer, TimeProvider time, ILogger log, LogRecovery recovered)
    {
        _directory = directory;
        Settings = settings;
        _committer = committer;
        _time = time;
        _log = log;
        _recent = new RecentMessages(settings.DeduplicationWindow);
        Gaps = recovered.Gaps;
        TornBytes = recovered.TornBytes;
        _active = recovered.Segments[^1];
        _view = new LogView([.. recovered.Segments], _active.Summary, recovered.Segments.SkipLast(1).Sum(segment => segment.Summary.EndPosition));

        // What was read back may be in the operating system's memory only: the first sync covers it.
        _durable = new SegmentSummary(_active.BaseOffset, 0, 0);
        _lastTimestamp = recovered.Segments.Max(segment => segment.Summary.LastTimestamp);
    }

    /// <summary>How it behaves. Limits of retention may be replaced at any time; the next <see cref="TrimAsync"/> follows them.</summary>
    public LogSettings Settings { get; set; }

    /// <summary>Confirmed messages found damaged when the log was opened.</summary>
    public IReadOnlyList<(ulong Offset, ulong NextOffset)> Gaps { get; }

    /// <summary>Bytes of unconfirmed messages cut off when the log was opened.</summary>
    public long TornBytes { get; }

    /// <summary>Offset of the oldest message kept, or of the next one when there is none.</summary>
    public ulong StartOffset => _view.StartOffset;

    /// <summary>Offset of the next message; one more than the newest that can be read.</summary>
    public ulong NextOffset => _view.NextOffset;

    /// <summary>Bytes on disk, headers of frames included.</summary>
    public long SizeBytes => _view.SizeBytes;

    public int SegmentCount => _view.Segments.Length;

    /// <summary>Opens a log, or makes an empty one.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static PartitionLog Open(ILogDirectory directory, LogSettings settings, LogCommitter committer, TimeProvider time, ILogger log)
    {
        var opened = new PartitionLog(directory, settings, committer, time, log, LogRecovery.Open(directory, settings));
        if (opened.TornBytes > 0)
        {
            LogTorn(log, opened.TornBytes, opened.NextOffset);
        }

        foreach (var (offset, nextOffset) in opened.Gaps)
        {
            LogDamaged(log, offset, nextOffset);
        }

        opened.Remember();
        return opened;
    }

    /// <summary>Stores messages as one unit: after a crash all of them are there, or none.</summary>
    /// <remarks>Appends are stored in the order of the calls. What waits is the callers' memory, and theirs to bound.</remarks>
    /// <param name="messages">Messages in stored form, back to back. They are changed in place and belong to the log until the task ends.</param>
    /// <param name="count">How many there are, at least one.</param>
    /// <param name="mayRunHere">Whether the caller's thread may write and sync, when nothing else waits: it saves two changes of threads.</param>
    /// <returns>Ends when the messages are as safe as <see cref="LogSettings.Durability"/> says.</returns>
    /// <exception cref="ArgumentException">The bytes are not that many messages; nothing was stored.</exception>
    /// <exception cref="DiskFullException">Nothing was stored.</exception>
    /// <exception cref="LogFailedException">Not confirmed; it is not known whether they are stored.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed; nothing was stored.</exception>
    public Task<AppendResult> AppendAsync(Memory<byte> messages, int count, bool mayRunHere = false)
    {
        Check(messages.Span, count);
        var request = new AppendRequest(messages, count);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _pending.Enqueue(request);
            _waiting = _pending.Count;
            mayRunHere = mayRunHere && !_isScheduled && _committer.TryBorrow();
            request.RunsHere = mayRunHere;
            if (mayRunHere)
            {
                _isScheduled = true;
            }
            else
            {
                Schedule();
            }
        }

        if (mayRunHere)
        {
            _committer.RunBorrowed(this);
        }

        return request.Completion.Task;
    }

    /// <summary>Ends once everything confirmed before the call is on stable storage.</summary>
    public Task SyncAsync() => Do(() =>
    {
        SyncActive();
        return true;
    });

    /// <summary>Finishes the appends that were accepted, puts everything on stable storage, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        Task closing;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            closing = Enqueue(() =>
            {
                Close();
                return true;
            });
            _isClosed = true;
        }

        await closing.ConfigureAwait(false);
    }

    /// <summary>Does what waits, once. For the committer.</summary>
    /// <param name="buffer">Where to gather what is written at once; the caller's again when this returns.</param>
    /// <returns>Whether more waits, so that it is to be run again.</returns>
    internal bool RunOnce(byte[] buffer)
    {
        _buffer = buffer;
        AwaitCompany();
        List<AppendRequest> group;
        Action[] jobs;
        lock (_gate)
        {
            group = TakeGroup();
            jobs = [.. _jobs];
            _jobs.Clear();
        }

        if (group.Count > 0)
        {
            var start = Stopwatch.GetTimestamp();
            Commit(group);
            (_lastGroup, _lastCommit) = (group.Count, Stopwatch.GetElapsedTime(start));
        }

        foreach (var job in jobs)
        {
            job();
        }

        lock (_gate)
        {
            _isScheduled = _pending.Count > 0 || _jobs.Count > 0;
            return _isScheduled;
        }
    }

    /// <summary>
    /// Publishers that were just answered are about to send again. When several were, it pays to wait for them a part of the time that
    /// a sync takes, rather than sync for the first of them alone.
    /// </summary>
    private void AwaitCompany()
    {
        if (_lastGroup < CompanyMin || Settings.Durability != Durability.Fsync)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var patience = _lastCommit / CompanyShare;
        while (_waiting < _lastGroup && Stopwatch.GetElapsedTime(start) < patience && Thread.Yield())
        {
        }
    }

    private static void Check(ReadOnlySpan<byte> messages, int count)
    {
        var rest = messages;
        for (var index = 0; index < count; index++)
        {
            if (!StoredMessage.TrySize(rest, out var size) || size > rest.Length)
            {
                throw new ArgumentException("The bytes are not that many messages.", nameof(messages));
            }

            rest = rest[size..];
        }

        if (count < 1 || !rest.IsEmpty)
        {
            throw new ArgumentException("The bytes are not that many messages.", nameof(count));
        }
    }

    /// <summary>Has something done between commits.</summary>
    private Task<T> Do<T>(Func<T> job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return Enqueue(job);
        }
    }

    private Task<T> Enqueue<T>(Func<T> job)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Enqueue(() =>
        {
            try
            {
                completion.SetResult(job());
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
        });
        Schedule();
        return completion.Task;
    }

    private void Schedule()
    {
        if (!_isScheduled)
        {
            _isScheduled = true;
            _committer.Post(this);
        }
    }

    private List<AppendRequest> TakeGroup()
    {
        var group = new List<AppendRequest>(_pending.Count);
        var bytes = 0L;
        while (_pending.TryPeek(out var next) && (group.Count == 0 || bytes + next.Bytes <= GroupBytesMax))
        {
            group.Add(_pending.Dequeue());
            bytes += next.Bytes;
        }

        _waiting = _pending.Count;
        return group;
    }
}
