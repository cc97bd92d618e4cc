namespace Chirps;

/// <summary>A message of a consensus group, as <see cref="IRaftGroupGrain.Receive"/> gives it.</summary>
/// <param name="From">The sender, proven by its certificate.</param>
/// <param name="Message">The bytes.</param>
/// <param name="Correlation">Which request it is; 0 for one that wants no answer.</param>
[GenerateSerializer, Immutable, Alias("Chirps.RaftGroupMessage")]
public sealed record RaftGroupMessage(
    [property: Id(0)] NodeId From,
    [property: Id(1)] ReadOnlyMemory<byte> Message,
    [property: Id(2)] ulong Correlation);
