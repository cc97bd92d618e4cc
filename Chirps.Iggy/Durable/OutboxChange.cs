namespace Chirps.Iggy.Durable;

/// <summary>What became of messages whose receipt said <c>Queued</c>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Channel">The channel; empty for <see cref="OutboxChangeKind.Emptied"/>.</param>
/// <param name="MessageIds">The messages, in order; none for <see cref="OutboxChangeKind.Emptied"/>.</param>
/// <param name="Partition">Where they are stored.</param>
/// <param name="Offsets">The offset of each, where the server tells; else empty.</param>
/// <param name="Waiting">Messages left in the outbox.</param>
/// <param name="At">When, by this node's clock.</param>
/// <param name="Missed">Whether changes before this one were lost, because this watcher's queue was full.</param>
public sealed record OutboxChange(
    OutboxChangeKind Kind,
    string Channel,
    IReadOnlyList<Guid> MessageIds,
    int? Partition,
    IReadOnlyList<ulong> Offsets,
    int Waiting,
    DateTimeOffset At,
    bool Missed = false);
