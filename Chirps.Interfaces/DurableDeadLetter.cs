namespace Chirps;

/// <summary>Where a message comes from that could not be delivered, and why it lies in the channel of dead letters.</summary>
/// <param name="Reason">
/// <c>refused</c>: the subscriber's handler failed at each attempt; <c>unanswered</c>: it did not end; <c>failed</c>: the delivery did,
/// elsewhere or on the way to a subscriber in another process.
/// </param>
/// <param name="Channel">The channel.</param>
/// <param name="Partition">Where it lies there.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Subscription">Which subscription of the channel did not take it; others may have.</param>
[GenerateSerializer, Immutable, Alias("Chirps.DurableDeadLetter")]
public sealed record DurableDeadLetter(
    [property: Id(0)] string Reason,
    [property: Id(1)] string Channel,
    [property: Id(2)] int Partition,
    [property: Id(3)] ulong Offset,
    [property: Id(4)] string Subscription);
