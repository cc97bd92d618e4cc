using RaftKv.Core;
using RaftKv.Kv;

namespace Chirps.Tests.Raft;

/// <summary>A replica of one group on a simulated node, with its state machine and the clients that wait.</summary>
internal sealed class SimulatedReplica(RaftCore core, KvState state)
{
    public RaftCore Core => core;

    public KvState State { get; set; } = state;

    public ulong Applied { get; set; } = core.Snapshot.Index;

    /// <summary>Clients by the index of their proposal, with the term it was made in.</summary>
    public Dictionary<ulong, (ulong Term, Action<string> Answer)> Proposals { get; } = [];

    /// <summary>Reads by their id.</summary>
    public Dictionary<ulong, (string Key, Action<string> Answer)> Reads { get; } = [];

    /// <summary>Confirmed reads that wait for the state.</summary>
    public List<(ulong Index, string Key, Action<string> Answer)> Confirmed { get; } = [];
}
