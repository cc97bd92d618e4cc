using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace RaftKv.Core;

/// <content>
/// Reads without log entries (Ongaro's dissertation, section 6.4): what was committed when the read was asked for, once a majority has confirmed,
/// after that, that this replica still leads. No clock is trusted.
/// </content>
internal sealed partial class RaftCore
{
    private readonly List<(ulong Id, ulong Index)> _readsWaiting = [];
    private readonly List<(ulong Id, ulong Index)> _readsUnderWay = [];
    private readonly Queue<ReadOutcome> _readsDone = [];
    private ulong _round;

    /// <summary>Asks for a read; the answer comes out of <see cref="TryTakeRead"/>.</summary>
    /// <param name="id">The caller's.</param>
    /// <returns>Whether this replica leads, has committed an entry of its term, and has room; if not, nothing changed.</returns>
    public bool TryRead(ulong id)
    {
        if (Role != RaftRole.Leader || Commit < _firstOfTerm || _readsWaiting.Count + _readsUnderWay.Count >= _settings.Reads)
        {
            return false;
        }

        _readsWaiting.Add((id, Commit));
        return true;
    }

    /// <summary>A read that is decided.</summary>
    public bool TryTakeRead(out ReadOutcome outcome) => _readsDone.TryDequeue(out outcome);

    /// <summary>Begins a round for the reads that wait, unless one is under way; they share it.</summary>
    private void StartReadRound(MeshInstant now)
    {
        if (_readsWaiting.Count == 0 || _readsUnderWay.Count > 0)
        {
            return;
        }

        _readsUnderWay.AddRange(_readsWaiting);
        _readsWaiting.Clear();
        _round++;
        SendHeartbeats(now);
        ConfirmReads();
    }

    private void ConfirmReads()
    {
        if (_readsUnderWay.Count == 0 || Configuration.Voters.Count(IsConfirming) < Configuration.Quorum)
        {
            return;
        }

        foreach (var (id, index) in _readsUnderWay)
        {
            _readsDone.Enqueue(new ReadOutcome(id, index, IsConfirmed: true));
        }

        _readsUnderWay.Clear();
    }

    private bool IsConfirming(MemberId voter) => voter == Self || (_progress.TryGetValue(voter, out var progress) && progress.Round >= _round);

    private void FailReads()
    {
        foreach (var (id, index) in _readsUnderWay.Concat(_readsWaiting))
        {
            _readsDone.Enqueue(new ReadOutcome(id, index, IsConfirmed: false));
        }

        _readsUnderWay.Clear();
        _readsWaiting.Clear();
    }
}
