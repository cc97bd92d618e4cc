using Chirps.Engine.Membership;

namespace RaftKv.Core;

/// <summary>The kinds of messages between replicas of a group.</summary>
internal enum MessageKind : byte
{
    /// <summary>Would you vote for me? Changes nothing (Ongaro's dissertation, section 9.6).</summary>
    PreVote,
    PreVoteReply,
    Vote,
    VoteReply,
    Append,
    AppendReply,

    /// <summary>I lead, and this much is committed; apart from <see cref="Append"/>, so that its answer waits for no disk.</summary>
    Heartbeat,
    HeartbeatReply,

    /// <summary>A snapshot takes the place of the log's beginning; the state itself travels beside this message.</summary>
    Snapshot,
}

/// <summary>A message between two replicas of a group. Which fields a kind uses is said at each.</summary>
internal sealed record RaftMessage(MessageKind Kind, ulong Term)
{
    /// <summary>PreVote, Vote: the sender's last index. Append: the index before the entries. AppendReply: what is stored up to; refused, the index that was asked for. Snapshot: its index.</summary>
    public ulong Index { get; init; }

    /// <summary>The term of the entry at <see cref="Index"/>; in a refused AppendReply the term of the entry at <see cref="Hint"/>.</summary>
    public ulong LogTerm { get; init; }

    /// <summary>Append, Heartbeat: what is committed.</summary>
    public ulong Commit { get; init; }

    /// <summary>Heartbeat and its reply: the round that confirms reads.</summary>
    public ulong Round { get; init; }

    /// <summary>A refused AppendReply: where the logs may agree.</summary>
    public ulong Hint { get; init; }

    /// <summary>The replies: no.</summary>
    public bool Refused { get; init; }

    /// <summary>Append.</summary>
    public IReadOnlyList<LogEntry> Entries { get; init; } = [];

    /// <summary>Snapshot: who votes as of its index.</summary>
    public Configuration? Configuration { get; init; }
}

/// <summary>A message and whom it is for.</summary>
internal readonly record struct Outbound(MemberId To, RaftMessage Message);
