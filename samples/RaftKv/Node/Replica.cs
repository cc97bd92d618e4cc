using Chirps.Engine.Membership;
using Chirps.Node.Raft;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Storage;

namespace RaftKv.Node;

/// <summary>What a node holds of one group. Everything but the mark of readiness belongs to the node's loop.</summary>
internal sealed class Replica(ulong group, RaftCore core, KvState state, SnapshotFiles files)
{
    private int _isReady;

    public ulong Group => group;

    public RaftCore Core => core;

    public SnapshotFiles Files => files;

    /// <summary>The group on the transport; set before anything is received.</summary>
    public IRaftGroup Transport { get; set; } = null!;

    public KvState State { get; set; } = state;

    public ulong Applied { get; set; } = core.Snapshot.Index;

    /// <summary>Bytes applied since the last snapshot.</summary>
    public long AppliedBytes { get; set; }

    public bool IsSnapshotting { get; set; }

    /// <summary>How often a snapshot took the place of the state.</summary>
    public int Restored { get; set; }

    /// <summary>A snapshot that was received, until the core takes it.</summary>
    public (ulong Index, KvState State)? Received { get; set; }

    /// <summary>Peers to which a snapshot is on its way.</summary>
    public HashSet<MemberId> Sending { get; } = [];

    /// <summary>The message that was too large for the mesh, by the entry before it: it is said once.</summary>
    public ulong? TooLargeAt { get; set; }

    /// <summary>Who waits for an entry, by its index, with the term it was proposed in.</summary>
    public Dictionary<ulong, (ulong Term, TaskCompletionSource<KvAnswer> Answer)> Proposals { get; } = [];

    /// <summary>Who waits for the confirmation of a read, by its id.</summary>
    public Dictionary<ulong, (string Key, TaskCompletionSource<KvAnswer> Answer)> Reads { get; } = [];

    /// <summary>Confirmed reads that wait for the state.</summary>
    public List<(ulong Index, string Key, TaskCompletionSource<KvAnswer> Answer)> Confirmed { get; } = [];

    /// <summary>Whether it is in the loop's list of replicas with received messages.</summary>
    public bool TryMarkReady() => Interlocked.Exchange(ref _isReady, 1) == 0;

    /// <summary>Taken off that list; what comes now is a new mark.</summary>
    public void Unmark() => Volatile.Write(ref _isReady, 0);
}
