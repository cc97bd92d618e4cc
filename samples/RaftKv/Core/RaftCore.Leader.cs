using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace RaftKv.Core;

/// <content>What a leader does: proposals, Appends, heartbeats, commits.</content>
internal sealed partial class RaftCore
{
    // Read by key, and walked in the order of the configuration's voters only.
    private readonly Dictionary<MemberId, Progress> _progress = [];
    private ulong _firstOfTerm;
    private long _uncommittedBytes;

    /// <summary>Puts a command into the log. It is decided once an entry at this index is applied, and it is this one if the terms are equal.</summary>
    /// <param name="command">Not to be changed any more.</param>
    /// <param name="index">Where it is.</param>
    /// <returns>Whether this replica leads and has room; if not, nothing changed.</returns>
    public bool TryPropose(ReadOnlyMemory<byte> command, out ulong index)
    {
        index = 0;
        if (Role != RaftRole.Leader || _uncommittedBytes + command.Length > _settings.UncommittedBytes)
        {
            return false;
        }

        index = AppendOwn(EntryKind.Command, command);
        return true;
    }

    /// <summary>Adds or removes one voter.</summary>
    /// <returns>
    /// Whether the change is in the log. Refused, with nothing changed: not the leader; another change is not committed yet; no entry of this term is
    /// committed yet (the flaw of the first publication, Ongaro, raft-dev, July 2015); or more than one voter differs.
    /// </returns>
    public bool TryChange(Configuration next, out ulong index)
    {
        index = 0;
        if (Role != RaftRole.Leader || Commit < _firstOfTerm || _log.ConfigurationIndex > Commit || next.Voters.Count == 0 || !next.IsOneStepFrom(Configuration))
        {
            return false;
        }

        index = AppendOwn(EntryKind.Configuration, next.Encode());
        foreach (var gone in _progress.Keys.Where(member => !next.Contains(member)).ToArray())
        {
            _progress.Remove(gone);
        }

        foreach (var peer in Peers().Where(peer => !_progress.ContainsKey(peer)))
        {
            _progress[peer] = new Progress(_log.Last) { IsActive = true };
        }

        ConfirmReads(); // who is left may have confirmed already, and the last voter is answered by nobody
        return true;
    }

    /// <summary>A snapshot is on its way to a follower, and getting on.</summary>
    public void SnapshotProgressed(MeshInstant now, MemberId to)
    {
        if (_progress.TryGetValue(to, out var progress) && progress.Mode == ProgressMode.Snapshot)
        {
            progress.SnapshotRetryAt = now + _settings.SnapshotRetry;
        }
    }

    /// <summary>A snapshot could not be sent, because a later one took its place for example: what the follower needs is found out anew.</summary>
    public void SnapshotFailed(MemberId to)
    {
        if (_progress.TryGetValue(to, out var progress) && progress.Mode == ProgressMode.Snapshot)
        {
            progress.Probe(progress.Match + 1);
        }
    }

    /// <summary>Up to where a leader knows that a voter, it itself maybe, has stored its log.</summary>
    public ulong MatchOf(MemberId voter) => voter == Self ? _log.Stable : _progress.TryGetValue(voter, out var progress) ? progress.Match : 0;

    private ulong AppendOwn(EntryKind kind, ReadOnlyMemory<byte> data)
    {
        var entry = new LogEntry(_term, _log.Last + 1, kind, data);
        _log.Append(entry);
        _uncommittedBytes += data.Length;
        return entry.Index;
    }

    private void SendAppends(MeshInstant now)
    {
        foreach (var peer in Peers())
        {
            var progress = _progress[peer];
            while (progress.MaySend(_settings.InFlight) && (progress.Next <= _log.Last || progress.Mode == ProgressMode.Probe))
            {
                SendAppend(now, peer, progress);
            }
        }
    }

    private void SendAppend(MeshInstant now, MemberId to, Progress progress)
    {
        var before = progress.Next - 1;
        if (_log.Term(before) is not { } term)
        {
            SendSnapshot(now, to, progress);
            return;
        }

        var entries = progress.Next > _log.Last ? [] : _log.Slice(progress.Next, _log.Last, _settings.AppendBytes);
        _messages.Enqueue(new Outbound(to, new RaftMessage(MessageKind.Append, _term) { Index = before, LogTerm = term, Commit = Commit, Entries = entries }));
        progress.Sent(before + (ulong)entries.Length);
    }

    private void SendSnapshot(MeshInstant now, MemberId to, Progress progress)
    {
        var point = _log.Snapshot;
        progress.SendSnapshot(point.Index, now + _settings.SnapshotRetry);
        _messages.Enqueue(new Outbound(to, new RaftMessage(MessageKind.Snapshot, _term) { Index = point.Index, LogTerm = point.Term, Configuration = point.Configuration }));
    }

    private void RetrySnapshots(MeshInstant now)
    {
        foreach (var peer in Peers())
        {
            var progress = _progress[peer];
            if (progress.Mode == ProgressMode.Snapshot && now >= progress.SnapshotRetryAt)
            {
                progress.Probe(progress.Match + 1);
            }
        }
    }

    private void SendHeartbeats(MeshInstant now)
    {
        _heartbeatAt = now + _settings.Heartbeat;
        foreach (var peer in Peers())
        {
            // What a follower has not got cannot be committed for it.
            var commit = Math.Min(Commit, _progress[peer].Match);
            Answer(peer, new RaftMessage(MessageKind.Heartbeat, _term) { Commit = commit, Round = _round });
        }
    }

    private void ReceiveHeartbeatReply(MemberId from, RaftMessage message)
    {
        if (!_progress.TryGetValue(from, out var progress))
        {
            return;
        }

        progress.IsActive = true;
        progress.Round = Math.Max(progress.Round, message.Round);
        ConfirmReads();
        if (progress.Match >= _log.Last || progress.Mode == ProgressMode.Snapshot)
        {
            return;
        }

        // An answer may have been lost, or the last Append: with nothing new to send, an empty one finds out.
        if (!progress.MaySend(_settings.InFlight))
        {
            progress.Relax();
        }

        if (progress.Mode == ProgressMode.Pipeline && progress.Next > _log.Last && _log.Term(progress.Next - 1) is { } term)
        {
            _messages.Enqueue(new Outbound(from, new RaftMessage(MessageKind.Append, _term) { Index = progress.Next - 1, LogTerm = term, Commit = Commit }));
        }
    }

    private void ReceiveAppendReply(MeshInstant now, MemberId from, RaftMessage message)
    {
        if (!_progress.TryGetValue(from, out var progress))
        {
            return;
        }

        progress.IsActive = true;
        if (!message.Refused)
        {
            if (message.Index <= _log.Last && progress.Acknowledged(message.Index))
            {
                AdvanceCommit(now);
            }

            return;
        }

        if (progress.IsNews(message.Index))
        {
            var agree = _log.AgreeAt(Math.Min(message.Hint, message.Index), message.LogTerm).Index;
            progress.Probe(Math.Min(agree + 1, Math.Max(1, message.Index)));
        }
    }

    /// <summary>Commits what a majority has on disk, if it is of this term.</summary>
    private void AdvanceCommit(MeshInstant now)
    {
        var stored = Configuration.Voters.Select(MatchOf).Order().ToArray();
        var majority = stored[^Configuration.Quorum];
        if (majority <= Commit || _log.Term(majority) != _term)
        {
            return;
        }

        for (var index = Commit + 1; index <= majority; index++)
        {
            _uncommittedBytes -= index > _firstOfTerm ? _log.LengthAt(index) : 0;
        }

        Commit = majority;
        if (_log.ConfigurationIndex <= Commit && !Configuration.Contains(Self))
        {
            BecomeFollower(now, _term, default); // it led until its own removal was decided (dissertation, section 4.2.2)
        }
    }
}
