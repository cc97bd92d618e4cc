namespace Chirps.Iggy.Protocol.Records;

/// <summary>A stream and its topics.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Topics">Its topics, by ascending number.</param>
public sealed record StreamDetails(StreamInfo Stream, IReadOnlyList<TopicInfo> Topics);
