namespace Chirps.Iggy.Durable;

/// <summary>How far a consumer has come in a channel.</summary>
/// <param name="Consumer">Its name.</param>
/// <param name="IsGroup">Whether it is a consumer group.</param>
/// <param name="Lag">Messages it has not stored as processed, in all partitions.</param>
/// <param name="Partitions">Each partition.</param>
public sealed record ConsumerLag(string Consumer, bool IsGroup, ulong Lag, IReadOnlyList<PartitionLag> Partitions);

/// <summary>How far a consumer has come in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="StoredOffset">The last offset it stored as processed; <see langword="null"/> for none.</param>
/// <param name="NextOffset">Offset the next message of the partition gets.</param>
/// <param name="Lag">Messages between the two that are kept.</param>
public sealed record PartitionLag(int Partition, ulong? StoredOffset, ulong NextOffset, ulong Lag);
