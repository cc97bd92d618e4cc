namespace Chirps;

/// <summary>A message as a subscriber receives it, on stream <see cref="ChirpsStreams.Messages"/>.</summary>
/// <param name="From">The sender, proven by its certificate.</param>
/// <param name="Topic">The topic it was sent to.</param>
/// <param name="Profile">How it was sent.</param>
/// <param name="MessageId">The id in the sender's receipt.</param>
/// <param name="Payload">The bytes as they were sent. Not to be changed: subscribers in one silo share them.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MeshMessage")]
public sealed record MeshMessage(
    [property: Id(0)] NodeId From,
    [property: Id(1)] string Topic,
    [property: Id(2)] MessageProfile Profile,
    [property: Id(3)] Guid MessageId,
    [property: Id(4)] ReadOnlyMemory<byte> Payload);
