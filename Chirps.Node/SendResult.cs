using Chirps.Engine.Messaging;

namespace Chirps.Node;

/// <summary>What a message needs from its way.</summary>
public enum Profile : byte
{
    /// <summary>Ordered, acknowledged, waits.</summary>
    Control,

    /// <summary>Best effort, never waits.</summary>
    Ephemeral,

    /// <summary>Persisted and replayable.</summary>
    Durable,
}

/// <summary>What is known about a message when the send ends.</summary>
public enum Outcome : byte
{
    /// <summary>The peer's node put it into a subscriber's queue.</summary>
    Delivered,

    /// <summary>Handed to the transport.</summary>
    Sent,

    /// <summary>Stored, at the offset.</summary>
    Persisted,

    /// <summary>It may or may not have arrived.</summary>
    Unknown,

    /// <summary>Certainly handed to nobody.</summary>
    Rejected,

    /// <summary>Best effort, and not sent.</summary>
    Dropped,

    /// <summary>Durable: kept on this node's disk until the server can be reached.</summary>
    Queued,
}

/// <summary>Why not.</summary>
public enum FailureReason : byte
{
    /// <summary>No failure.</summary>
    None,

    /// <summary>No such member.</summary>
    UnknownNode,

    /// <summary>The member is dead or has left.</summary>
    NodeDead,

    /// <summary>No connection in time.</summary>
    NotConnected,

    /// <summary>Over the profile's limit.</summary>
    TooLarge,

    /// <summary>No room in time, or none and the caller did not want to wait.</summary>
    QueueFull,

    /// <summary>Nobody subscribes to the topic at the peer.</summary>
    NoSubscriber,

    /// <summary>The queues of all subscribers at the peer were full.</summary>
    SubscriberFull,

    /// <summary>No backend for the profile.</summary>
    NoRoute,

    /// <summary>This node stops or has left.</summary>
    Stopping,

    /// <summary>Sent, and no acknowledgement came in time.</summary>
    DeadlinePassed,

    /// <summary>Sent to a process of the peer that is gone.</summary>
    PeerRestarted,

    /// <summary>The server cannot be reached and the outbox has no room.</summary>
    OutboxFull,

    /// <summary>The server did not take it.</summary>
    Refused,
}

/// <summary>The result of a send.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="MessageId">The id of the message, the same at the receiver.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Offset">Where in its partition it is stored.</param>
/// <param name="Partition">In which partition it is stored.</param>
public readonly record struct SendResult(Outcome Outcome, Guid MessageId, FailureReason Reason = FailureReason.None, ulong? Offset = null, int? Partition = null)
{
    internal static SendResult Rejected(FailureReason reason, Guid id = default) => new(Outcome.Rejected, id, reason);

    internal static SendResult Dropped(FailureReason reason, Guid id = default) => new(Outcome.Dropped, id, reason);
}

/// <summary>How one message is sent. The default is the node's.</summary>
/// <param name="Deadline">How long a Control send may take; <see langword="null"/> for <see cref="LimitOptions.ControlDeadline"/>.</param>
/// <param name="NoWait">Fail at once instead of waiting for room or a connection.</param>
/// <param name="Lane">Control: the lane, 0 urgent, 1 bulk, 2 and up data; <see langword="null"/> for the data lane of the topic.</param>
/// <param name="MessageId">Control: the id of the message, for a caller that may send it again after <see cref="Outcome.Unknown"/>: the
/// peer hands a message with an id among the last 4,096 such ids from this node over once. Durable: the server stores a message with an id among those it
/// remembers once. <see langword="null"/> for one that the node makes.</param>
/// <param name="OrderingKey">Durable: messages with equal keys keep their order, 1 to 255 bytes of UTF-8; <see langword="null"/> for the topic.</param>
public readonly record struct SendSettings(TimeSpan? Deadline = null, bool NoWait = false, int? Lane = null, Guid? MessageId = null, string? OrderingKey = null)
{
    /// <summary>The trace the message belongs to; set by the node.</summary>
    internal TraceContext Trace { get; init; }
}
