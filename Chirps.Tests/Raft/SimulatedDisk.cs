using Chirps.Engine.Time;
using RaftKv;
using RaftKv.Core;
using RaftKv.Storage;

namespace Chirps.Tests.Raft;

/// <summary>The log of a simulated node: bytes that are synced, and bytes that a crash may tear.</summary>
internal sealed class SimulatedDisk
{
    private readonly FieldWriter _waiting = new();
    private byte[] _synced = [];
    private List<(ulong Group, PersistRequest Request)> _requests = [];

    public bool IsSyncing { get; private set; }

    public bool HasWork => _requests.Count > 0;

    public void Store(ulong group, PersistRequest request)
    {
        LogRecords.Write(_waiting, group, request);
        _requests.Add((group, request));
    }

    /// <summary>Begins to sync what is there now.</summary>
    /// <returns>Ends it, and says what is on disk then.</returns>
    public Func<IReadOnlyList<(ulong Group, PersistRequest Request)>> BeginSync()
    {
        IsSyncing = true;
        var (covered, length) = (_requests, _waiting.Length);
        _requests = [];
        return () =>
        {
            IsSyncing = false;
            var rest = _waiting.Written.ToArray()[length..];
            _synced = [.. _synced, .. _waiting.Written.Span[..length]];
            _waiting.Clear();
            _waiting.Raw(rest);
            return covered;
        };
    }

    /// <summary>The power fails: of what was not synced, some first part is there, with a hole in it maybe, and maybe something that was never written behind it.</summary>
    public void Crash(SeededRandom random)
    {
        var kept = _waiting.Written.Span[..random.Next(_waiting.Length + 1)].ToArray();
        if (random.Next(3) == 0)
        {
            var hole = random.Next(kept.Length + 1);
            Array.Clear(kept, hole, random.Next(kept.Length - hole + 1));
        }

        byte[] garbage = random.Next(3) == 0 ? [.. Enumerable.Range(0, random.Next(40)).Select(_ => (byte)random.Next(256))] : [];
        _synced = [.. _synced, .. kept, .. garbage];
        _waiting.Clear();
        _requests = [];
        IsSyncing = false;
    }

    /// <summary>Reads what survived, and cuts off what is torn, as the shell does.</summary>
    public SortedDictionary<ulong, GroupImage> Recover()
    {
        var images = new SortedDictionary<ulong, GroupImage>();
        _synced = _synced[..LogRecords.Replay(_synced, images)];
        return images;
    }
}
