using RaftKv.Core;
using RaftKv.Kv;

namespace Chirps.Tests.Raft;

/// <summary>A replica of one group on a simulated node, with its state machine and the clients that wait.</summary>
internal sealed class SimulatedReplica(RaftCore core, KvState state)
{
    private ulong _ledTerm;
    private ulong _last;
    private ulong _commit = core.Commit;
    private bool _hasCommitted;
    private Configuration _voters = core.Configuration;

    public RaftCore Core => core;

    public KvState State { get; set; } = state;

    public ulong Applied { get; set; } = core.Snapshot.Index;

    /// <summary>Clients by the index of their proposal, with the term it was made in.</summary>
    public Dictionary<ulong, (ulong Term, Action<string> Answer)> Proposals { get; } = [];

    /// <summary>Reads by their id, with what was decided when they were asked for.</summary>
    public Dictionary<ulong, (string Key, ulong Decided, Action<string> Answer)> Reads { get; } = [];

    /// <summary>Confirmed reads that wait for the state.</summary>
    public List<(ulong Index, string Key, ulong Decided, Action<string> Answer)> Confirmed { get; } = [];

    /// <summary>What it has done since the last call, if it leads, and from which index on it has committed as this leader.</summary>
    public (LeaderMoment Moment, ulong CommittedFrom) Watch()
    {
        var isNew = core.Role == RaftRole.Leader && core.Term != _ledTerm;
        var from = Math.Min(isNew ? core.Commit : _commit, core.Commit) + 1;
        _hasCommitted &= !isNew;
        var moment = core.Role != RaftRole.Leader ? LeaderMoment.None
            : isNew ? LeaderMoment.Elected
            : from <= core.Commit && !_hasCommitted ? LeaderMoment.CommittedFirst
            : core.Configuration != _voters ? LeaderMoment.ChangedVoters
            : core.Last > _last ? LeaderMoment.Appended
            : LeaderMoment.None;
        _hasCommitted |= moment == LeaderMoment.CommittedFirst;
        (_ledTerm, _last, _commit, _voters) = (core.Role == RaftRole.Leader ? core.Term : _ledTerm, core.Last, core.Commit, core.Configuration);
        return (moment, from);
    }
}
