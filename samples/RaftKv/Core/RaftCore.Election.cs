using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace RaftKv.Core;

/// <content>Who leads.</content>
internal sealed partial class RaftCore
{
    private readonly HashSet<MemberId> _votes = [];

    /// <summary>Begins an election now. A hint that the leader is gone may call it; a leader that is not gone stays.</summary>
    public void Campaign(MeshInstant now)
    {
        RearmElection(now);
        if (Role == RaftRole.Leader || !MayCampaign)
        {
            return;
        }

        Role = RaftRole.PreCandidate;
        _leader = default;
        _votes.Clear();
        _votes.Add(Self);
        if (HasQuorum(_votes))
        {
            BecomeCandidate(now);
            return;
        }

        foreach (var peer in Peers())
        {
            Answer(peer, new RaftMessage(MessageKind.PreVote, _term + 1) { Index = _log.Last, LogTerm = _log.LastTerm });
        }
    }

    /// <summary>
    /// Whether it votes, or was removed by an entry that is not known to be decided: if nobody else has that entry, nobody else is elected
    /// (Ongaro's dissertation, section 4.2.2).
    /// </summary>
    private bool MayCampaign => Configuration.Contains(Self)
        || (_log.ConfigurationIndex > Commit && _log.ConfigurationAt(_log.ConfigurationIndex - 1).Contains(Self));

    private IEnumerable<MemberId> Peers() => Configuration.Voters.Where(voter => voter != Self);

    private bool HasQuorum(IReadOnlySet<MemberId> members) => Configuration.Voters.Count(members.Contains) >= Configuration.Quorum;

    private bool HasLeader(MeshInstant now) => Role == RaftRole.Leader || (!_leader.IsDefault && now < _heardAt + _settings.Election);

    private void RearmElection(MeshInstant now) => _electionAt = now + _settings.Election + _random.NextDuration(_settings.Election);

    private void ReceivePreVote(MeshInstant now, MemberId from, RaftMessage message)
    {
        var granted = message.Term > _term && !HasLeader(now) && _log.IsUpToDate(message.LogTerm, message.Index);
        Answer(from, granted
            ? new RaftMessage(MessageKind.PreVoteReply, message.Term)
            : new RaftMessage(MessageKind.PreVoteReply, _term) { Refused = true });
    }

    private void ReceivePreVoteReply(MeshInstant now, MemberId from, RaftMessage message)
    {
        if (Role == RaftRole.PreCandidate && message.Term == _term + 1 && _votes.Add(from) && HasQuorum(_votes))
        {
            BecomeCandidate(now);
        }
    }

    private void BecomeCandidate(MeshInstant now)
    {
        Role = RaftRole.Candidate;
        _term++;
        _vote = Self;
        _hardChanged = true;
        _votes.Clear();
        _votes.Add(Self);
        RearmElection(now);
        foreach (var peer in Peers())
        {
            Promise(peer, new RaftMessage(MessageKind.Vote, _term) { Index = _log.Last, LogTerm = _log.LastTerm });
        }
    }

    private void ReceiveVote(MeshInstant now, MemberId from, RaftMessage message)
    {
        var isFree = _vote == from || (_vote.IsDefault && _leader.IsDefault);
        if (!isFree || !_log.IsUpToDate(message.LogTerm, message.Index))
        {
            Answer(from, new RaftMessage(MessageKind.VoteReply, _term) { Refused = true });
            return;
        }

        _hardChanged |= _vote != from;
        _vote = from;
        RearmElection(now);
        Promise(from, new RaftMessage(MessageKind.VoteReply, _term));
    }

    private void ReceiveVoteReply(MeshInstant now, MemberId from, RaftMessage message)
    {
        if (Role == RaftRole.Candidate && !message.Refused && _votes.Add(from))
        {
            LeadIfElected(now);
        }
    }

    private void LeadIfElected(MeshInstant now)
    {
        if (Role == RaftRole.Candidate && HasQuorum(_votes))
        {
            BecomeLeader(now);
        }
    }

    private void BecomeLeader(MeshInstant now)
    {
        Role = RaftRole.Leader;
        _leader = Self;
        _progress.Clear();
        foreach (var peer in Peers())
        {
            _progress[peer] = new Progress(_log.Last + 1) { IsActive = true };
        }

        (_heartbeatAt, _quorumAt) = (now + _settings.Heartbeat, now + _settings.Election);
        _uncommittedBytes = 0;

        // Entries of earlier terms are committed only behind one of this term (Raft, section 5.4.2).
        _log.Append(new LogEntry(_term, _log.Last + 1, EntryKind.Empty, default));
        _firstOfTerm = _log.Last;
    }

    private void BecomeFollower(MeshInstant now, ulong term, MemberId leader)
    {
        if (term > _term)
        {
            (_term, _vote, _hardChanged) = (term, default, true);
        }

        if (Role == RaftRole.Leader)
        {
            _progress.Clear();
            FailReads();
            RearmElection(now);
        }

        Role = RaftRole.Follower;
        _leader = leader;
    }

    /// <summary>The sender leads in this term.</summary>
    private void Follow(MeshInstant now, MemberId leader)
    {
        BecomeFollower(now, _term, leader);
        _heardAt = now;
        RearmElection(now);
    }

    /// <summary>A leader that a majority does not answer is none: it steps down, so that its clients ask elsewhere.</summary>
    private void CheckQuorum(MeshInstant now)
    {
        var active = _progress.Where(one => one.Value.IsActive).Select(one => one.Key).Append(Self).ToHashSet();
        if (!HasQuorum(active))
        {
            BecomeFollower(now, _term, default);
            return;
        }

        foreach (var progress in _progress.Values)
        {
            progress.IsActive = false;
        }

        _quorumAt = now + _settings.Election;
    }
}
