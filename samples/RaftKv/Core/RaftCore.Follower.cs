using Chirps.Engine.Membership;

namespace RaftKv.Core;

/// <content>What a follower does with what its leader sends.</content>
internal sealed partial class RaftCore
{
    private void ReceiveAppend(MemberId from, RaftMessage message)
    {
        var entries = message.Entries;
        var before = message.Index;
        var beforeTerm = message.LogTerm;
        var last = before + (ulong)entries.Count;
        if (last <= Commit)
        {
            Promise(from, new RaftMessage(MessageKind.AppendReply, _term) { Index = Commit });
            return;
        }

        var known = 0;
        if (before < Commit)
        {
            // Decided entries are equal everywhere: only the rest is looked at.
            known = (int)(Commit - before);
            (before, beforeTerm) = (Commit, entries[known - 1].Term);
        }

        if (_log.Term(before) != beforeTerm)
        {
            var (hint, hintTerm) = _log.AgreeAt(before, beforeTerm);
            Answer(from, new RaftMessage(MessageKind.AppendReply, _term) { Refused = true, Index = message.Index, Hint = hint, LogTerm = hintTerm });
            return;
        }

        for (; known < entries.Count; known++)
        {
            var entry = entries[known];
            if (_log.Term(entry.Index) == entry.Term)
            {
                continue;
            }

            if (entry.Index <= _log.Last)
            {
                _log.Truncate(entry.Index);
                _persistFrom = Math.Min(_persistFrom, entry.Index);
            }

            _log.Append(entry);
        }

        Commit = Math.Max(Commit, Math.Min(message.Commit, last));
        Promise(from, new RaftMessage(MessageKind.AppendReply, _term) { Index = last });
    }

    private void ReceiveHeartbeat(MemberId from, RaftMessage message)
    {
        Commit = Math.Max(Commit, Math.Min(message.Commit, _log.Last));
        Answer(from, new RaftMessage(MessageKind.HeartbeatReply, _term) { Round = message.Round });
    }

    private void ReceiveSnapshot(MemberId from, RaftMessage message)
    {
        if (message.Index <= Commit || message.Configuration is null)
        {
            Promise(from, new RaftMessage(MessageKind.AppendReply, _term) { Index = Commit });
            return;
        }

        var point = new SnapshotPoint(message.Index, message.LogTerm, message.Configuration);
        _log.Install(point);
        (_restore, _persistSnapshot, _entriesStay) = (point, point, _log.Last > point.Index);
        _persistFrom = Math.Min(Math.Max(_persistFrom, point.Index + 1), _log.Last + 1);
        Commit = _handedOut = point.Index;
        Promise(from, new RaftMessage(MessageKind.AppendReply, _term) { Index = point.Index });
    }
}
