using Chirps.Engine.Time;
using RaftKv;
using RaftKv.Core;
using RaftKv.Storage;

namespace Chirps.Tests.Raft;

/// <summary>The log of a simulated node: small files that are begun and removed as those of the real one, bytes that are synced, and bytes that a crash may tear.</summary>
internal sealed class SimulatedDisk
{
    private const int FileBytes = 3000;

    private readonly SortedDictionary<long, byte[]> _synced = [];
    private readonly FieldWriter _unsynced = new();
    private List<(ulong Group, PersistRequest Request)> _requests = [];
    private LogFiles _files = new([LogSegment.At("", 1)], []);
    private ulong _number = 1;
    private bool _needsStates;

    public bool IsSyncing { get; private set; }

    public bool HasWork => _requests.Count > 0;

    public void Store(ulong group, PersistRequest request) => _requests.Add((group, request));

    /// <summary>Begins to write and sync what waits now.</summary>
    /// <returns>Ends it, and says what is on disk then.</returns>
    public Func<IReadOnlyList<(ulong Group, PersistRequest Request)>> BeginSync()
    {
        IsSyncing = true;
        var covered = _requests;
        _requests = [];
        Write(records =>
        {
            if (_needsStates)
            {
                _files.WriteStates(records);
                _needsStates = false;
            }

            foreach (var (group, request) in covered)
            {
                LogRecords.Write(records, group, request);
                _files.Note(group, request);
            }
        });
        return () =>
        {
            IsSyncing = false;
            Sync();
            return covered;
        };
    }

    /// <summary>The power fails: of what was not synced, some first part is there, with a hole in it maybe, and maybe something that was never written behind it.</summary>
    public void Crash(SeededRandom random)
    {
        var kept = _unsynced.Written.Span[..random.Next(_unsynced.Length + 1)].ToArray();
        if (random.Next(3) == 0)
        {
            var hole = random.Next(kept.Length + 1);
            Array.Clear(kept, hole, random.Next(kept.Length - hole + 1));
        }

        byte[] garbage = random.Next(3) == 0 ? [.. Enumerable.Range(0, random.Next(40)).Select(_ => (byte)random.Next(256))] : [];
        Append([.. kept, .. garbage]);
        _requests = [];
        IsSyncing = false;
    }

    /// <summary>Reads what survived, cuts off what is torn, and makes the newest file one to go on with, as the real log does.</summary>
    public SortedDictionary<ulong, GroupImage> Recover()
    {
        var images = new SortedDictionary<ulong, GroupImage>();
        var replay = new LogReplay(images);
        List<LogSegment> segments = [.. _synced.Keys.DefaultIfEmpty(1).Select(number => LogSegment.At("", number))];
        foreach (var segment in segments)
        {
            var bytes = _synced.GetValueOrDefault(segment.Number, []);
            _synced[segment.Number] = bytes[..replay.Read(segment, bytes, segment == segments[^1])];
        }

        (_files, _number, _needsStates) = (new LogFiles(segments, images), replay.Next, false);
        Write(_files.WriteStates);
        Append([.. _unsynced.Written.Span]);
        return images;
    }

    private void Sync()
    {
        Append([.. _unsynced.Written.Span]);
        while (_files.TryTakeCovered(out var segment))
        {
            _synced.Remove(segment.Number);
        }

        if (_synced[_files.Newest.Number].Length >= FileBytes)
        {
            // The name is on disk at once, the states with the next sync: a crash leaves a file without them.
            _files.Begin(LogSegment.At("", _files.Newest.Number + 1));
            _synced[_files.Newest.Number] = [];
            _needsStates = true;
        }
    }

    private void Write(Action<FieldWriter> records)
    {
        var batch = new FieldWriter();
        LogBatches.Begin(batch, _number);
        records(batch);
        if (LogBatches.TrySeal(batch))
        {
            _unsynced.Raw(batch.Written.Span);
            _number++;
        }
    }

    private void Append(byte[] bytes)
    {
        _synced[_files.Newest.Number] = [.. _synced.GetValueOrDefault(_files.Newest.Number, []), .. bytes];
        _unsynced.Clear();
    }
}
