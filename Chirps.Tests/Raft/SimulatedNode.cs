using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Simulation;
using RaftKv;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Storage;

namespace Chirps.Tests.Raft;

/// <summary>A simulated process with a replica of each group: the shell around the cores, as small as it gets.</summary>
internal sealed class SimulatedNode(RaftWorld world, int number, MemberId id)
{
    private readonly SortedDictionary<ulong, SimulatedReplica> _replicas = [];
    private readonly Dictionary<(ulong Group, ulong Index), byte[]> _snapshots = [];
    private readonly HashSet<(ulong Group, MemberId To)> _transfers = [];
    private readonly SimulatedDisk _disk = new();
    private readonly SeededRandom _random = world.Random.Split((ulong)number);
    private ulong _reads;
    private int _lives;
    private MeshInstant _timerAt;

    public int Number => number;

    public MemberId Id => id;

    public bool IsUp { get; private set; }

    /// <summary>Until then it does nothing, as a process that the system does not run.</summary>
    public MeshInstant PausedUntil { get; set; }

    /// <summary>What it sent up to then, and has not arrived, never will.</summary>
    public MeshInstant? LostUpTo { get; private set; }

    public IReadOnlyDictionary<ulong, SimulatedReplica> Replicas => _replicas;

    /// <summary>Starts with what is on disk; the first time with these voters.</summary>
    public void Start(IEnumerable<ulong> groups, Configuration voters)
    {
        IsUp = true;
        _lives++;
        var images = _disk.Recover();
        foreach (var group in groups)
        {
            var image = images.GetValueOrDefault(group) ?? new GroupImage();
            var log = image.ToLog(voters);
            world.Checks.Recovers(group, id, image.Hard, log);
            var core = new RaftCore(id, world.Faults.Settings, image.Hard, log, _random.Split(group + ((ulong)_lives << 8)), world.Now);
            var state = log.Snapshot.Index == 0 ? new KvState() : KvState.Read(_snapshots[(group, log.Snapshot.Index)])!;
            _replicas[group] = new SimulatedReplica(core, state);
            foreach (var entry in log.Slice(log.Snapshot.Index + 1, log.Last, int.MaxValue))
            {
                world.Checks.Stores(group, core, entry);
            }
        }

        Settle();
    }

    /// <summary>The power fails.</summary>
    public void Crash()
    {
        IsUp = false;
        _lives++;
        _replicas.Clear();
        _transfers.Clear();
        _disk.Crash(_random);
        LostUpTo = _random.Next(2) == 0 ? world.Now : LostUpTo;
    }

    public void Receive(ulong group, MemberId from, byte[] bytes)
    {
        if (!RaftCodec.TryRead(bytes, out var message))
        {
            throw new InvariantException("a message of ours was not understood");
        }

        _replicas[group].Core.Receive(world.Now, from, message);
        Settle();
    }

    /// <summary>A snapshot is complete, with the message that offers it.</summary>
    public void Receive(ulong group, MemberId from, byte[] bytes, ulong index, byte[] snapshot)
    {
        _snapshots[(group, index)] = snapshot;
        Receive(group, from, bytes);
    }

    public void Propose(ulong group, byte[] command, Action<string> answer)
    {
        var replica = _replicas[group];
        if (replica.Core.TryPropose(command, out var index))
        {
            replica.Proposals[index] = (replica.Core.Term, answer);
        }
        else
        {
            answer($"ask {replica.Core.Leader}");
        }

        Settle();
    }

    public void Read(ulong group, string key, Action<string> answer)
    {
        var replica = _replicas[group];
        if (replica.Core.TryRead(++_reads))
        {
            replica.Reads[_reads] = (key, world.Checks.Decided(group), answer);
        }
        else
        {
            answer($"ask {replica.Core.Leader}");
        }

        Settle();
    }

    public void Change(ulong group, Configuration next)
    {
        _replicas[group].Core.TryChange(next, out _);
        Settle();
    }

    /// <summary>Advances what is due, and does what the cores want.</summary>
    public void Settle()
    {
        foreach (var (group, replica) in _replicas)
        {
            replica.Core.Advance(world.Now);
            replica.Core.Flush(world.Now);
            Check(group, replica);
            Store(group, replica.Core);
            Send(group, replica.Core);
            Apply(group, replica);
        }

        Sync();
        var next = _replicas.Values.Min(replica => replica.Core.NextDeadline);
        if (_timerAt <= world.Now || next < _timerAt)
        {
            var lives = _lives;
            _timerAt = next;
            world.At(next, this, () => { _timerAt = world.Now; Settle(); }, () => lives == _lives);
        }
    }

    private void Check(ulong group, SimulatedReplica replica)
    {
        world.Checks.Leads(group, replica.Core);
        var (moment, committedFrom) = replica.Watch();
        world.Checks.Commits(group, replica.Core, committedFrom);
        world.Aim(this, group, moment);
    }

    private void Store(ulong group, RaftCore core)
    {
        if (core.TakePersist() is not { } request)
        {
            return;
        }

        foreach (var entry in request.Entries)
        {
            world.Checks.Stores(group, core, entry);
        }

        _disk.Store(group, request);
    }

    private void Sync()
    {
        if (_disk.IsSyncing || !_disk.HasWork)
        {
            return;
        }

        var end = _disk.BeginSync();
        var lives = _lives;
        world.At(world.Now + world.SyncTime(this), this, () => Synced(end()), () => lives == _lives);
    }

    private void Synced(IReadOnlyList<(ulong Group, PersistRequest Request)> requests)
    {
        foreach (var (group, request) in requests)
        {
            world.Checks.Stored(group, id, request);
            _replicas[group].Core.Persisted(world.Now, request);
            foreach (var outbound in request.Then)
            {
                Send(group, outbound);
            }
        }

        Settle();
    }

    private void Send(ulong group, RaftCore core)
    {
        while (core.TryTakeMessage(out var outbound))
        {
            Send(group, outbound);
        }
    }

    private void Send(ulong group, Outbound outbound)
    {
        world.Checks.Sends(group, id, outbound);
        var writer = new FieldWriter();
        RaftCodec.Write(writer, outbound.Message);
        var bytes = writer.Written.ToArray();
        if (outbound.Message.Kind != MessageKind.Snapshot)
        {
            world.Send(this, outbound.To, group, to => to.Receive(group, id, bytes));
        }
        else if (_transfers.Add((group, outbound.To)))
        {
            var snapshot = _snapshots[(group, outbound.Message.Index)];
            var lives = _lives;
            new SimulatedTransfer(world, this, outbound.To, group, _random)
            {
                IsAlive = () => lives == _lives,
                Complete = to => to.Receive(group, id, bytes, outbound.Message.Index, snapshot),
                Progressed = () => _replicas[group].Core.SnapshotProgressed(world.Now, outbound.To),
                Ended = () => _transfers.Remove((group, outbound.To)),
            }.Begin();
        }
    }

    private void Apply(ulong group, SimulatedReplica replica)
    {
        if (replica.Core.TryTakeRestore(out var point))
        {
            replica.State = KvState.Read(_snapshots[(group, point.Index)])!;
            replica.Applied = point.Index;
        }

        foreach (var entry in replica.Core.TakeCommitted())
        {
            world.Checks.Applies(group, replica.Core, entry);
            var result = entry.Kind == EntryKind.Command ? replica.State.Apply(entry.Data) : default;
            replica.Applied = entry.Index;
            if (replica.Proposals.Remove(entry.Index, out var proposal))
            {
                proposal.Answer(proposal.Term == entry.Term ? result.ToString() : "lost");
            }
        }

        Answer(group, replica);
        Compact(group, replica);
    }

    private static void Answer(ulong group, SimulatedReplica replica)
    {
        while (replica.Core.TryTakeRead(out var outcome))
        {
            if (replica.Reads.Remove(outcome.Id, out var read))
            {
                if (outcome.IsConfirmed)
                {
                    replica.Confirmed.Add((outcome.Index, read.Key, read.Decided, read.Answer));
                }
                else
                {
                    read.Answer("lost");
                }
            }
        }

        foreach (var (_, key, decided, answer) in replica.Confirmed.Where(read => read.Index <= replica.Applied).ToArray())
        {
            RaftChecks.Reads(group, replica, decided);
            answer($"value {System.Text.Encoding.UTF8.GetString(replica.State.Get(key).Span)}");
        }

        replica.Confirmed.RemoveAll(read => read.Index <= replica.Applied);
    }

    private void Compact(ulong group, SimulatedReplica replica)
    {
        if (replica.Applied < replica.Core.Snapshot.Index + world.Faults.CompactEvery)
        {
            return;
        }

        using var bytes = new MemoryStream();
        replica.State.Write(part => bytes.Write(part.Span));
        _snapshots[(group, replica.Applied)] = bytes.ToArray();
        replica.Core.Compact(replica.Applied, world.Faults.Kept);
        Store(group, replica.Core);
    }
}
