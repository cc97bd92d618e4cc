namespace Chirps.Iggy.Protocol.Records;

/// <summary>A topic and its partitions.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Its partitions.</param>
public sealed record TopicDetails(TopicInfo Topic, IReadOnlyList<PartitionInfo> Partitions);
