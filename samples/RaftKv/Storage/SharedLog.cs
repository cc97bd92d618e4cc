using Microsoft.Win32.SafeHandles;
using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>
/// The log of a node, shared by all its groups: requests that wait are written together and become durable with one sync. That is what lets a hundred
/// groups commit at the price of one.
/// </summary>
/// <remarks>
/// One thread writes; <see cref="Post"/> may be called from any. Requests are stored in the order they were posted. A new file begins with the state of
/// every group, so that old files can go once snapshots cover their entries. When the disk fails nothing is reported as stored any more.
/// </remarks>
internal sealed class SharedLog : IDisposable
{
    private readonly string _directory;
    private readonly int _segmentBytes;
    private readonly Action<IReadOnlyList<(ulong Group, PersistRequest Request)>> _stored;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly FieldWriter _writer = new();
    private readonly Queue<LogSegment> _old = [];
    private readonly SortedDictionary<ulong, (HardState Hard, SnapshotPoint Snapshot)> _groups = [];
    private readonly Thread _thread;
    private List<(ulong Group, PersistRequest Request)> _waiting = [];
    private SafeFileHandle _file;
    private LogSegment _segment;
    private long _length;
    private volatile bool _stopping;

    /// <summary>Opens what is there.</summary>
    /// <param name="directory">Made when it does not exist.</param>
    /// <param name="images">What is on disk, by group.</param>
    /// <param name="stored">Told what is on disk now, on the log's thread.</param>
    /// <param name="failed">Told that the disk failed, once.</param>
    /// <param name="segmentBytes">After how many bytes a new file is begun.</param>
    /// <exception cref="InvalidDataException">A file that was complete is damaged.</exception>
    public SharedLog(string directory, SortedDictionary<ulong, GroupImage> images, Action<IReadOnlyList<(ulong Group, PersistRequest Request)>> stored, Action<Exception> failed, int segmentBytes = 64 * 1024 * 1024)
    {
        (_directory, _segmentBytes, _stored, _failed) = (directory, segmentBytes, stored, failed);
        Directory.CreateDirectory(directory);
        var segments = LogSegment.All(directory).ToList();
        foreach (var segment in segments)
        {
            Recover(segment, images, isLast: segment == segments[^1]);
        }

        foreach (var (group, image) in images)
        {
            _groups[group] = (image.Hard, image.Snapshot);
        }

        _segment = segments.Count > 0 ? segments[^1] : LogSegment.At(directory, 1);
        segments.Take(segments.Count - 1).ToList().ForEach(_old.Enqueue);
        _file = _segment.Open(FileMode.OpenOrCreate);
        _length = RandomAccess.GetLength(_file);
        DiskSync.Directory(directory);
        _thread = new Thread(Run) { IsBackground = true, Name = "raft log" };
        _thread.Start();
    }

    /// <summary>Syncs so far.</summary>
    public long Syncs { get; private set; }

    /// <summary>Requests so far that wrote something.</summary>
    public long Requests { get; private set; }

    /// <summary>Files at the moment.</summary>
    public int Segments => _old.Count + 1;

    /// <summary>The group whose entries keep the oldest file from going; 0 for none.</summary>
    public ulong Blocker { get; private set; }

    /// <summary>Has a request stored.</summary>
    public void Post(ulong group, PersistRequest request)
    {
        lock (_gate)
        {
            _waiting.Add((group, request));
        }

        _wake.Set();
    }

    /// <summary>Stores what was posted, and ends.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _file.Dispose();
        _wake.Dispose();
    }

    private static void Recover(LogSegment segment, SortedDictionary<ulong, GroupImage> images, bool isLast)
    {
        var bytes = File.ReadAllBytes(segment.Path);
        var good = LogRecords.Replay(bytes, images, segment.Saw);
        if (good == bytes.Length)
        {
            return;
        }

        if (!isLast)
        {
            throw new InvalidDataException($"{segment.Path} is damaged at byte {good}: what follows was stored, and cannot be read.");
        }

        // The end was being written when the process, or the machine, stopped: nobody was told that it is there.
        using var file = segment.Open(FileMode.Open);
        RandomAccess.SetLength(file, good);
        DiskSync.File(file);
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                List<(ulong Group, PersistRequest Request)> batch;
                lock (_gate)
                {
                    (batch, _waiting) = (_waiting, []);
                }

                if (batch.Count > 0)
                {
                    Store(batch);
                }
                else if (_stopping)
                {
                    return;
                }
                else
                {
                    _wake.WaitOne();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failed(exception);
        }
    }

    private void Store(List<(ulong Group, PersistRequest Request)> batch)
    {
        _writer.Clear();
        var snapshots = false;
        foreach (var (group, request) in batch)
        {
            LogRecords.Write(_writer, group, request);
            snapshots |= request.Snapshot is not null;
            Requests += request.IsEmpty ? 0 : 1;
            Note(group, request);
        }

        if (_writer.Length > 0)
        {
            RandomAccess.Write(_file, _writer.Written.Span, _length);
            _length += _writer.Length;
            DiskSync.File(_file);
            Syncs++;
        }

        _stored(batch);
        if (_length >= _segmentBytes)
        {
            Roll();
        }

        if (snapshots)
        {
            RemoveOld();
        }
    }

    private void Note(ulong group, PersistRequest request)
    {
        var (hard, snapshot) = _groups.TryGetValue(group, out var known) ? known : (default, SnapshotPoint.Empty);
        _groups[group] = (request.Hard ?? hard, request.Snapshot ?? snapshot);
        if (request.Entries.Count > 0)
        {
            _segment.Saw(group, request.Entries[^1].Index);
        }
    }

    private void Roll()
    {
        _old.Enqueue(_segment);
        _file.Dispose();
        _segment = LogSegment.At(_directory, _segment.Number + 1);
        _file = _segment.Open(FileMode.CreateNew);
        DiskSync.Directory(_directory);
        _writer.Clear();
        foreach (var (group, (hard, snapshot)) in _groups)
        {
            LogRecords.Write(_writer, group, hard);
            LogRecords.Write(_writer, group, snapshot);
        }

        RandomAccess.Write(_file, _writer.Written.Span, 0);
        _length = _writer.Length;
        DiskSync.File(_file);
    }

    /// <summary>Removes the oldest files as long as snapshots that are on disk cover everything in them.</summary>
    private void RemoveOld()
    {
        Blocker = 0;
        while (_old.TryPeek(out var oldest))
        {
            Blocker = oldest.Last.Where(one => one.Value > _groups[one.Key].Snapshot.Index).Select(one => one.Key).FirstOrDefault();
            if (Blocker != 0)
            {
                return;
            }

            File.Delete(oldest.Path);
            _old.Dequeue();
        }
    }
}
