using Chirps.Engine.Membership;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>What one replica has on its disk for certain, kept beside the code under test.</summary>
internal sealed class StoredReplica
{
    private readonly Dictionary<ulong, ulong> _terms = [];
    private HardState _hard;
    private ulong _snapshot;
    private ulong _last;

    /// <summary>Whether an entry is there, or a snapshot that covers it.</summary>
    public bool Has(ulong index, ulong term) => index <= _snapshot || _terms.GetValueOrDefault(index) == term;

    /// <summary>A request was synced.</summary>
    public void Take(PersistRequest request)
    {
        _hard = request.Hard ?? _hard;
        if (request.Snapshot is { } point && point.Index > _snapshot)
        {
            if (_terms.GetValueOrDefault(point.Index) != point.Term)
            {
                Clear(point.Index);
            }

            (_snapshot, _last) = (point.Index, Math.Max(_last, point.Index));
        }

        foreach (var entry in request.Entries)
        {
            for (; _last >= entry.Index; _last--)
            {
                _terms.Remove(_last);
            }

            (_terms[entry.Index], _last) = (entry.Term, entry.Index);
        }
    }

    /// <summary>A node read its disk. More than was synced may be there, of what was being written; but no term or vote may be missing.</summary>
    public void Recover(HardState hard, SnapshotPoint snapshot, IReadOnlyList<LogEntry> entries, Action<string> problem)
    {
        if (hard.Term < _hard.Term || (hard.Term == _hard.Term && hard.Vote != _hard.Vote && !_hard.Vote.IsDefault))
        {
            problem($"forgot {_hard} for {hard}");
        }

        Clear(snapshot.Index);
        (_hard, _snapshot, _last) = (hard, snapshot.Index, snapshot.Index + (ulong)entries.Count);
        foreach (var entry in entries)
        {
            _terms[entry.Index] = entry.Term;
        }
    }

    /// <summary>What a message says that is not on disk; <see langword="null"/> for nothing.</summary>
    public string? Breaks(MemberId self, Outbound outbound)
    {
        var message = outbound.Message;
        return message.Kind switch
        {
            _ when message.Refused => null,
            MessageKind.Vote when !IsVote(message.Term, self) => $"campaigns in term {message.Term} with {_hard} on disk",
            MessageKind.VoteReply when !IsVote(message.Term, outbound.To) => $"votes for {outbound.To} in term {message.Term} with {_hard} on disk",
            MessageKind.AppendReply when message.Index > _last => $"confirms {message.Index} with {_last} on disk",
            _ => null,
        };
    }

    private bool IsVote(ulong term, MemberId candidate) => _hard.Term > term || _hard == new HardState(term, candidate);

    private void Clear(ulong last)
    {
        _terms.Clear();
        _last = last;
    }
}
