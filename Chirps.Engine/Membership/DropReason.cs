namespace Chirps.Engine.Membership;

/// <summary>Why a well-formed input, or an output, was discarded. A closed set: the names become metric tags.</summary>
public enum DropReason
{
    /// <summary>The datagram belongs to another cluster.</summary>
    WrongCluster,

    /// <summary>The datagram claims another sender than the carrier authenticated.</summary>
    SenderMismatch,

    /// <summary>The datagram claims to come from this very node.</summary>
    FromSelf,

    /// <summary>An Alive fact of an unknown member, refused because the table is full.</summary>
    TableFull,

    /// <summary>Too many datagrams wait to be taken.</summary>
    OutboxFull,

    /// <summary>An event was overwritten before it was taken.</summary>
    EventsFull,

    /// <summary>A queued update gave way to newer ones.</summary>
    GossipQueueFull,

    /// <summary>A request to probe on behalf of another came while too many of them run.</summary>
    TooManyHelps,

    /// <summary>An ack or nack for no probe that runs.</summary>
    LateAnswer,

    /// <summary>An answer to a stale fact held back by the rate limit.</summary>
    AnswerLimited,

    /// <summary>The datagram of another process with the identity of a known one.</summary>
    IdentityConflict,

    /// <summary>The news that a member left, from somebody else: it is probed instead.</summary>
    UnprovenLeave,

    /// <summary>Key-values that follow others this node lacks; they come again.</summary>
    StateGap,

    /// <summary>Key-values beyond a quota.</summary>
    StateOverQuota,

    /// <summary>A transfer was dropped before it was taken.</summary>
    TransfersFull,
}
