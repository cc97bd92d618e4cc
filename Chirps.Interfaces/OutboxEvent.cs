namespace Chirps;

/// <summary>What happened to durable messages in an outbox.</summary>
[GenerateSerializer, Alias("Chirps.OutboxEventKind")]
public enum OutboxEventKind
{
    /// <summary>The server has stored them.</summary>
    Delivered,

    /// <summary>The server will not take them; they were given up, and the node's log says why.</summary>
    Refused,

    /// <summary>All that waited was delivered or given up.</summary>
    Emptied,
}

/// <summary>What became of messages whose receipt said <see cref="SendOutcome.Queued"/>: an event of the stream <see cref="ChirpsStreams.Outbox"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Channel">The channel they were for; empty for <see cref="OutboxEventKind.Emptied"/>.</param>
/// <param name="MessageIds">The ids in their receipts, in the order of sending; none for <see cref="OutboxEventKind.Emptied"/>.</param>
/// <param name="Partition">Where they are stored, for <see cref="OutboxEventKind.Delivered"/>.</param>
/// <param name="Offsets">The offset of each, where the server tells; else empty.</param>
/// <param name="Waiting">Messages left in the outbox.</param>
/// <param name="At">When, by the node's clock.</param>
/// <param name="Missed">Whether events before this one were lost because the stream was too slow.</param>
[GenerateSerializer, Immutable, Alias("Chirps.OutboxEvent")]
public sealed record OutboxEvent(
    [property: Id(0)] OutboxEventKind Kind,
    [property: Id(1)] string Channel,
    [property: Id(2)] IReadOnlyList<Guid> MessageIds,
    [property: Id(3)] int? Partition,
    [property: Id(4)] IReadOnlyList<ulong> Offsets,
    [property: Id(5)] int Waiting,
    [property: Id(6)] DateTimeOffset At,
    [property: Id(7)] bool Missed);
