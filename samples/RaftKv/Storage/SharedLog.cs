using Microsoft.Win32.SafeHandles;
using RaftKv.Core;

namespace RaftKv.Storage;

/// <summary>
/// The log of a node, shared by all its groups: requests that wait are written together and become durable with one sync. That is what lets a hundred
/// groups commit at the price of one.
/// </summary>
/// <remarks>
/// One thread writes; <see cref="Post"/> may be called from any. Requests are stored in the order they were posted. A new file begins with the state of
/// every group, so that old files can go once snapshots cover their entries; the file that is gone on with gets it as well, because what began it may have
/// been killed before that. When the disk fails nothing is reported as stored any more.
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
    private readonly LogFiles _files;
    private readonly Thread _thread;
    private List<(ulong Group, PersistRequest Request)> _waiting = [];
    private SafeFileHandle _file;
    private long _length;
    private ulong _number;
    private int _segments;
    private ulong _blocker;
    private volatile bool _stopping;

    /// <summary>Opens what is there.</summary>
    /// <param name="directory">Made when it does not exist.</param>
    /// <param name="images">What is on disk, by group.</param>
    /// <param name="stored">Told what is on disk now, on the log's thread.</param>
    /// <param name="failed">Told that the disk failed, once.</param>
    /// <param name="segmentBytes">After how many bytes a new file is begun.</param>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    /// <exception cref="IOException">The disk failed, or another process has the log open.</exception>
    public SharedLog(string directory, SortedDictionary<ulong, GroupImage> images, Action<IReadOnlyList<(ulong Group, PersistRequest Request)>> stored, Action<Exception> failed, int segmentBytes = 64 * 1024 * 1024)
    {
        (_directory, _segmentBytes, _stored, _failed) = (directory, segmentBytes, stored, failed);
        DiskSync.MakeDirectory(directory);
        var segments = LogSegment.All(directory).ToList();
        if (segments.Count == 0)
        {
            segments.Add(LogSegment.At(directory, 1));
        }

        _file = segments[^1].Open(FileMode.OpenOrCreate);
        try
        {
            Recover(segments, images);
            _files = new LogFiles(segments, images);
            WriteStates();
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        Count();
        _thread = new Thread(Run) { IsBackground = true, Name = "raft log" };
        _thread.Start();
    }

    /// <summary>Syncs so far.</summary>
    public long Syncs { get; private set; }

    /// <summary>Requests so far that wrote something.</summary>
    public long Requests { get; private set; }

    /// <summary>Files at the moment.</summary>
    public int Segments => Volatile.Read(ref _segments);

    /// <summary>The group whose entries keep the oldest file from going; 0 for none.</summary>
    public ulong Blocker => Volatile.Read(ref _blocker);

    /// <summary>Bytes at the end of the newest file that were cut off when it was opened: they were being written when the process, or the machine, stopped.</summary>
    public long TornBytes { get; private set; }

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

    /// <summary>Reads what is there, and cuts off what was being written: nobody was told that it is there.</summary>
    private void Recover(List<LogSegment> segments, SortedDictionary<ulong, GroupImage> images)
    {
        var replay = new LogReplay(images);
        foreach (var segment in segments)
        {
            var isNewest = segment == segments[^1];
            var bytes = new byte[isNewest ? RandomAccess.GetLength(_file) : new FileInfo(segment.Path).Length];
            using (var opened = isNewest ? null : segment.Open(FileMode.Open))
            {
                Fill(opened ?? _file, bytes);
            }

            _length = replay.Read(segment, bytes, isNewest);
            TornBytes = bytes.Length - _length;
        }

        _number = replay.Next;
        RandomAccess.SetLength(_file, _length);
    }

    private static void Fill(SafeFileHandle file, byte[] bytes)
    {
        for (var position = 0; position < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(position), position);
            position += read > 0 ? read : throw new EndOfStreamException("A file of the log was cut while it was read.");
        }
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
        LogBatches.Begin(_writer, _number);
        var snapshots = false;
        foreach (var (group, request) in batch)
        {
            LogRecords.Write(_writer, group, request);
            snapshots |= request.Snapshot is not null;
            Requests += request.IsEmpty ? 0 : 1;
            _files.Note(group, request);
        }

        if (LogBatches.TrySeal(_writer))
        {
            Write();
        }

        _stored(batch);
        if (_length >= _segmentBytes)
        {
            Roll();
            RemoveOld();
        }
        else if (snapshots)
        {
            RemoveOld();
        }
    }

    private void Write()
    {
        RandomAccess.Write(_file, _writer.Written.Span, _length);
        DiskSync.File(_file);
        Syncs++;
        _length += _writer.Length;
        _number++;
    }

    private void Roll()
    {
        _file.Dispose();
        _files.Begin(LogSegment.At(_directory, _files.Newest.Number + 1));
        _file = _files.Newest.Open(FileMode.CreateNew);
        _length = 0;
        WriteStates();
    }

    /// <summary>Makes the newest file one that can do without the others but for entries, and everything in it stable: also what was read from it, and may only have been in memory.</summary>
    private void WriteStates()
    {
        _writer.Clear();
        LogBatches.Begin(_writer, _number);
        _files.WriteStates(_writer);
        if (LogBatches.TrySeal(_writer))
        {
            Write();
        }
        else
        {
            DiskSync.File(_file);
        }

        DiskSync.Directory(_directory);
    }

    /// <summary>Removes the oldest files as long as snapshots that are on disk cover everything in them. Each is gone for good before the next: a gap would be damage.</summary>
    private void RemoveOld()
    {
        while (_files.TryTakeCovered(out var segment))
        {
            File.Delete(segment.Path);
            DiskSync.Directory(_directory);
        }

        Count();
    }

    private void Count()
    {
        Volatile.Write(ref _segments, _files.Count);
        Volatile.Write(ref _blocker, _files.Blocker);
    }
}
