namespace Chirps;

/// <summary>What is known about one message when the send call returns.</summary>
[GenerateSerializer, Alias("Chirps.SendOutcome")]
public enum SendOutcome
{
    /// <summary>Control: the peer's node acknowledged that it handed the message to a subscriber's queue.</summary>
    Delivered,

    /// <summary>Ephemeral: handed to the transport. Nothing is known about its arrival.</summary>
    Sent,

    /// <summary>Durable: the server has stored it, at <see cref="SendReceipt.Offset"/>.</summary>
    Persisted,

    /// <summary>It may or may not have arrived: <see cref="SendReceipt.Reason"/> says what ended the wait for the acknowledgement. Sending
    /// again may deliver it twice, unless the message has an id of the caller's (<see cref="SendOptions.MessageId"/>).</summary>
    Unknown,

    /// <summary>Certainly not handed to any subscriber; <see cref="SendReceipt.Reason"/> says why. Sending again is safe.</summary>
    Rejected,

    /// <summary>Ephemeral: not sent; <see cref="SendReceipt.Reason"/> says why.</summary>
    Dropped,

    /// <summary>Durable: the server cannot be reached. The message is on this node's disk, and is stored once the server is back, in order and also after a restart.</summary>
    Queued,
}

/// <summary>Why a message was not sent, not handed over, or why nothing is known of it.</summary>
[GenerateSerializer, Alias("Chirps.SendFailure")]
public enum SendFailure
{
    /// <summary>No failure.</summary>
    None,

    /// <summary>No member has this id.</summary>
    UnknownNode,

    /// <summary>The member is known to be dead or to have left.</summary>
    NodeDead,

    /// <summary>No connection to the member, and none could be made before the deadline.</summary>
    NotConnected,

    /// <summary>The payload is longer than the profile's limit.</summary>
    TooLarge,

    /// <summary>The queue to the peer is full and the caller asked not to wait, or it stayed full until the deadline.</summary>
    QueueFull,

    /// <summary>The peer's node has no subscriber for the topic.</summary>
    NoSubscriber,

    /// <summary>Every subscriber's queue at the peer was full.</summary>
    SubscriberFull,

    /// <summary>No backend is configured for the profile.</summary>
    NoRoute,

    /// <summary>This node is stopping or has left.</summary>
    Stopping,

    /// <summary>It was sent, and no acknowledgement came before the deadline.</summary>
    DeadlinePassed,

    /// <summary>It was sent to a process of the member that is gone.</summary>
    PeerRestarted,

    /// <summary>Durable: the server cannot be reached, and this node's outbox has no room.</summary>
    OutboxFull,

    /// <summary>Durable: the server did not take it; this node's log says why.</summary>
    Refused,
}

/// <summary>The answer to a send: what is certain, and what is not.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="MessageId">Identifies the message at sender and receiver. Empty when it was refused before it got one.</param>
/// <param name="Reason">Why not, for <see cref="SendOutcome.Rejected"/>, <see cref="SendOutcome.Dropped"/> and <see cref="SendOutcome.Unknown"/>.</param>
/// <param name="Offset">Where in its partition it is stored, for <see cref="SendOutcome.Persisted"/>. Iggy servers before 0.9 do not tell; the embedded one does.</param>
/// <param name="Partition">In which partition of its channel it is stored, for <see cref="SendOutcome.Persisted"/>.</param>
[GenerateSerializer, Immutable, Alias("Chirps.SendReceipt")]
public sealed record SendReceipt(
    [property: Id(0)] SendOutcome Outcome,
    [property: Id(1)] Guid MessageId,
    [property: Id(2)] SendFailure Reason = SendFailure.None,
    [property: Id(3)] ulong? Offset = null,
    [property: Id(4)] int? Partition = null);

/// <summary>The outcome of a broadcast for one member.</summary>
/// <param name="Member">The member.</param>
/// <param name="Receipt">What is known of its copy.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MemberReceipt")]
public sealed record MemberReceipt([property: Id(0)] NodeId Member, [property: Id(1)] SendReceipt Receipt);

/// <summary>The outcome of a broadcast.</summary>
/// <param name="Members">One entry for each member that was alive or suspect when it was sent, this node excepted, in the order of the members list. Empty for <see cref="MessageProfile.Durable"/>.</param>
/// <param name="Stored">The outcome of a <see cref="MessageProfile.Durable"/> broadcast, which is stored once for all members, this node and absent ones included; <see langword="null"/> for other profiles.</param>
[GenerateSerializer, Immutable, Alias("Chirps.BroadcastReceipt")]
public sealed record BroadcastReceipt([property: Id(0)] IReadOnlyList<MemberReceipt> Members, [property: Id(1)] SendReceipt? Stored = null);
