using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace RaftKv.Core;

/// <summary>What a replica is at the moment.</summary>
internal enum RaftRole : byte
{
    Follower,
    PreCandidate,
    Candidate,
    Leader,
}

/// <summary>
/// One replica of one group: Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014) with pre-vote, check of the
/// quorum, pipelining, reads without log entries, and changes of one voter at a time (Ongaro's dissertation, 2014).
/// </summary>
/// <remarks>
/// Decides only. Order of use: any inputs, then <see cref="Flush"/>, then take messages, the persist request, what is restored, committed entries and
/// reads; store each request in order and hand it back to <see cref="Persisted"/>; call <see cref="Advance"/> at <see cref="NextDeadline"/>.
/// A leader's own write runs beside its Appends: it counts itself for what is stored (dissertation, section 10.2.1). One caller at a time.
/// </remarks>
internal sealed partial class RaftCore
{
    private readonly RaftSettings _settings;
    private readonly RaftLog _log;
    private readonly SeededRandom _random;
    private readonly Queue<Outbound> _messages = [];
    private readonly List<Outbound> _then = [];
    private ulong _term;
    private MemberId _vote;
    private MemberId _leader;
    private MeshInstant _heardAt;
    private MeshInstant _electionAt;
    private MeshInstant _heartbeatAt;
    private MeshInstant _quorumAt;
    private ulong _persistFrom;
    private ulong _handedOut;
    private SnapshotPoint? _persistSnapshot;
    private bool _entriesStay;
    private SnapshotPoint? _restore;
    private bool _hardChanged;
    private int _hardUnderWay;

    /// <summary>Begins as a follower with what is on disk.</summary>
    /// <param name="self">This replica.</param>
    /// <param name="settings">Times and limits.</param>
    /// <param name="hard">Term and vote from disk.</param>
    /// <param name="log">The log from disk.</param>
    /// <param name="random">Chance, for the elections' timeouts.</param>
    /// <param name="now">The present instant.</param>
    public RaftCore(MemberId self, RaftSettings settings, HardState hard, RaftLog log, SeededRandom random, MeshInstant now)
    {
        Self = self;
        _settings = settings;
        _log = log;
        _random = random;
        (_term, _vote) = hard;
        Commit = _handedOut = log.Snapshot.Index;
        _persistFrom = log.Last + 1;
        RearmElection(now);
    }

    public MemberId Self { get; }

    public RaftRole Role { get; private set; }

    public ulong Term => _term;

    /// <summary>Who leads in this term, as far as is known; the default for nobody.</summary>
    public MemberId Leader => _leader;

    /// <summary>Up to here everything is decided for ever.</summary>
    public ulong Commit { get; private set; }

    /// <summary>The last index of the log.</summary>
    public ulong Last => _log.Last;

    /// <summary>The latest snapshot.</summary>
    public SnapshotPoint Snapshot => _log.Snapshot;

    /// <summary>Who votes.</summary>
    public Configuration Configuration => _log.Configuration;

    /// <summary>The term of an entry that is still in the log.</summary>
    public ulong? TermAt(ulong index) => _log.Term(index);

    /// <summary>When <see cref="Advance"/> is due.</summary>
    public MeshInstant NextDeadline => Role == RaftRole.Leader ? (_heartbeatAt <= _quorumAt ? _heartbeatAt : _quorumAt) : _electionAt;

    /// <summary>Does what is due.</summary>
    public void Advance(MeshInstant now)
    {
        if (Role != RaftRole.Leader)
        {
            if (now >= _electionAt)
            {
                Campaign(now);
            }

            return;
        }

        if (now >= _quorumAt)
        {
            CheckQuorum(now);
        }

        if (Role == RaftRole.Leader && now >= _heartbeatAt)
        {
            SendHeartbeats(now);
            RetrySnapshots(now);
        }
    }

    /// <summary>Takes a message of another replica. Late, repeated and reordered ones do no harm.</summary>
    public void Receive(MeshInstant now, MemberId from, RaftMessage message)
    {
        if (message.Kind is MessageKind.PreVote)
        {
            ReceivePreVote(now, from, message);
            return;
        }

        if (message.Kind is MessageKind.PreVoteReply && !message.Refused)
        {
            ReceivePreVoteReply(now, from, message);
            return;
        }

        if (message.Term > _term)
        {
            if (message.Kind == MessageKind.Vote && HasLeader(now))
            {
                return; // a server that was removed, or cut off, does not disturb a group that works (dissertation, section 4.2.3)
            }

            BecomeFollower(now, message.Term, default);
        }

        if (message.Term < _term)
        {
            AnswerOld(from, message);
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Vote:
                ReceiveVote(now, from, message);
                break;
            case MessageKind.VoteReply:
                ReceiveVoteReply(now, from, message);
                break;
            case MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot when Role == RaftRole.Leader:
                break; // two leaders of one term cannot be; whoever says so is wrong
            case MessageKind.Append:
                Follow(now, from);
                ReceiveAppend(from, message);
                break;
            case MessageKind.Heartbeat:
                Follow(now, from);
                ReceiveHeartbeat(from, message);
                break;
            case MessageKind.Snapshot:
                Follow(now, from);
                ReceiveSnapshot(from, message);
                break;
            case MessageKind.AppendReply when Role == RaftRole.Leader:
                ReceiveAppendReply(now, from, message);
                break;
            case MessageKind.HeartbeatReply when Role == RaftRole.Leader:
                ReceiveHeartbeatReply(from, message);
                break;
            default:
                break;
        }
    }

    /// <summary>What a request asked for is on disk; send its messages, too.</summary>
    public void Persisted(MeshInstant now, PersistRequest request)
    {
        _hardUnderWay -= request.Hard is null ? 0 : 1;
        if (request.Hard == new HardState(_term, Self))
        {
            LeadIfElected(now); // the only voter has asked nobody, and its own vote counts from now on
        }

        if (request.Entries.Count > 0)
        {
            var last = request.Entries[^1];
            _log.Persisted(last.Index, last.Term);
            if (Role == RaftRole.Leader)
            {
                AdvanceCommit(now);
            }
        }
    }

    /// <summary>The state up to an applied index was stored as a snapshot; the log before it may go.</summary>
    /// <param name="index">Up to where.</param>
    /// <param name="kept">How many entries before it stay for followers that are a little late.</param>
    /// <returns>Whether that is news.</returns>
    public bool Compact(ulong index, int kept)
    {
        if (index <= _log.Snapshot.Index || index > _handedOut)
        {
            return false;
        }

        _log.Compact(index, kept);
        _entriesStay |= _persistSnapshot is null;
        _persistSnapshot = _log.Snapshot;
        return true;
    }

    /// <summary>Sends what has gathered since the last call: call it once behind a batch of inputs.</summary>
    public void Flush(MeshInstant now)
    {
        if (Role == RaftRole.Leader)
        {
            SendAppends(now);
            StartReadRound(now);
        }
    }

    /// <summary>A message to send now.</summary>
    public bool TryTakeMessage(out Outbound message) => _messages.TryDequeue(out message);

    /// <summary>What is to be stored; <see langword="null"/> when nothing is.</summary>
    public PersistRequest? TakePersist()
    {
        if (!_hardChanged && _persistSnapshot is null && _persistFrom > _log.Last && _then.Count == 0)
        {
            return null;
        }

        var request = new PersistRequest
        {
            Hard = _hardChanged ? new HardState(_term, _vote) : null,
            Snapshot = _persistSnapshot,
            EntriesStay = _entriesStay,
            Entries = _persistFrom > _log.Last ? [] : _log.Slice(_persistFrom, _log.Last, int.MaxValue),
            Then = _then.Count == 0 ? [] : [.. _then],
        };
        _hardUnderWay += _hardChanged ? 1 : 0;
        (_hardChanged, _persistSnapshot, _entriesStay, _persistFrom) = (false, null, false, _log.Last + 1);
        _then.Clear();
        return request;
    }

    /// <summary>A snapshot that takes the place of the applied state, before any entry is taken.</summary>
    public bool TryTakeRestore(out SnapshotPoint point)
    {
        point = _restore ?? SnapshotPoint.Empty;
        var has = _restore is not null;
        _restore = null;
        return has;
    }

    /// <summary>Entries to apply, in order, each once.</summary>
    public IReadOnlyList<LogEntry> TakeCommitted()
    {
        if (_handedOut >= Commit)
        {
            return [];
        }

        var entries = _log.Slice(_handedOut + 1, Commit, int.MaxValue);
        _handedOut = Commit;
        return entries;
    }

    /// <summary>Sends at once what promises nothing; what follows a change of term or vote waits for the disk.</summary>
    private void Answer(MemberId to, RaftMessage message)
    {
        if (_hardChanged || _hardUnderWay > 0)
        {
            _then.Add(new Outbound(to, message));
        }
        else
        {
            _messages.Enqueue(new Outbound(to, message));
        }
    }

    /// <summary>Sends once everything up to now is on disk.</summary>
    private void Promise(MemberId to, RaftMessage message) => _then.Add(new Outbound(to, message));

    private void AnswerOld(MemberId from, RaftMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Vote:
                Answer(from, new RaftMessage(MessageKind.VoteReply, _term) { Refused = true });
                break;
            case MessageKind.Append or MessageKind.Heartbeat or MessageKind.Snapshot:
                // So that a leader of the past, cut off meanwhile, learns of the new term.
                Answer(from, new RaftMessage(MessageKind.HeartbeatReply, _term));
                break;
            default:
                break;
        }
    }
}
