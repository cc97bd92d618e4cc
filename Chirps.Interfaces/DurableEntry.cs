namespace Chirps;

/// <summary>A message of a durable channel, as subscribers of <see cref="ChirpsStreams.Durable"/> receive it and publishers give it to the stream.</summary>
/// <param name="Payload">The bytes. Not to be changed: subscribers in one silo share them.</param>
/// <param name="Topic">The topic it was sent to; the channel when the publisher names none.</param>
/// <param name="Key">What it is ordered by: messages of one key keep their order. Without one, the topic.</param>
/// <param name="MessageId">Its id; a publisher may leave it empty.</param>
/// <param name="From">Who sent it, as the sender says; the default value for messages that other programs stored. Publishers leave it out.</param>
/// <param name="Partition">Where it lies. Publishers leave it out.</param>
/// <param name="Offset">Its offset in the partition. Publishers leave it out.</param>
/// <param name="StoredAt">When the server stored it, by the server's clock. Publishers leave it out.</param>
/// <param name="Dead">In a channel of dead letters, why it is there. Publishers leave it out.</param>
[GenerateSerializer, Immutable, Alias("Chirps.DurableEntry")]
public sealed record DurableEntry(
    [property: Id(0)] ReadOnlyMemory<byte> Payload,
    [property: Id(1)] string? Topic = null,
    [property: Id(2)] string? Key = null,
    [property: Id(3)] Guid MessageId = default,
    [property: Id(4)] NodeId From = default,
    [property: Id(5)] int Partition = 0,
    [property: Id(6)] ulong Offset = 0,
    [property: Id(7)] DateTimeOffset StoredAt = default,
    [property: Id(8)] DurableDeadLetter? Dead = null);
