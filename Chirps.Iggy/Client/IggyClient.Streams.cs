using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

public sealed partial class IggyClient
{
    /// <summary>Creates a stream.</summary>
    /// <param name="name">1 to 255 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Stops the waiting; the request may still take effect.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="IggyException"><see cref="IggyStatus.StreamNameExists"/> when there is one of this name.</exception>
    public ValueTask<StreamInfo> CreateStreamAsync(string name, CancellationToken cancellationToken = default)
        => CallAsync<CreateStreamRequest, StreamInfo>(IggyCommand.CreateStream, new CreateStreamRequest(name), Answers.Stream, cancellationToken);

    /// <summary>Looks for a stream.</summary>
    /// <returns>The stream and its topics, or none.</returns>
    public ValueTask<StreamDetails?> GetStreamAsync(IggyIdentifier stream, CancellationToken cancellationToken = default)
        => CallAsync<StreamTarget, StreamDetails?>(IggyCommand.GetStream, new StreamTarget(stream), Answers.StreamOrNone, cancellationToken);

    /// <summary>Lists the streams.</summary>
    public ValueTask<IReadOnlyList<StreamInfo>> GetStreamsAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, IReadOnlyList<StreamInfo>>(IggyCommand.GetStreams, default, Answers.Streams, cancellationToken);

    /// <summary>Renames a stream.</summary>
    public ValueTask UpdateStreamAsync(IggyIdentifier stream, string name, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.UpdateStream, new UpdateStreamRequest(stream, name), cancellationToken);

    /// <summary>Deletes a stream with everything in it.</summary>
    public ValueTask DeleteStreamAsync(IggyIdentifier stream, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeleteStream, new StreamTarget(stream), cancellationToken);

    /// <summary>Deletes all messages and consumer offsets of a stream.</summary>
    public ValueTask PurgeStreamAsync(IggyIdentifier stream, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.PurgeStream, new StreamTarget(stream), cancellationToken);

    /// <summary>Creates a topic.</summary>
    /// <param name="stream">In which stream.</param>
    /// <param name="name">1 to 255 bytes of UTF-8.</param>
    /// <param name="partitions">How many partitions, 0 to 1,000.</param>
    /// <param name="settings">The settings, or none for the server's defaults.</param>
    /// <param name="cancellationToken">Stops the waiting; the request may still take effect.</param>
    /// <returns>The topic and its partitions.</returns>
    /// <exception cref="IggyException"><see cref="IggyStatus.TopicNameExists"/> when there is one of this name.</exception>
    public ValueTask<TopicDetails> CreateTopicAsync(IggyIdentifier stream, string name, int partitions, TopicSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partitions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, IggyLimits.PartitionsMax);
        var request = new CreateTopicRequest(stream, (uint)partitions, new TopicShape(name, settings ?? TopicSettings.Default));
        return CallAsync<CreateTopicRequest, TopicDetails>(IggyCommand.CreateTopic, request, Answers.Topic, cancellationToken);
    }

    /// <summary>Looks for a topic.</summary>
    /// <returns>The topic and its partitions, or none.</returns>
    public ValueTask<TopicDetails?> GetTopicAsync(IggyIdentifier stream, IggyIdentifier topic, CancellationToken cancellationToken = default)
        => CallAsync<TopicTarget, TopicDetails?>(IggyCommand.GetTopic, new TopicTarget(stream, topic), Answers.TopicOrNone, cancellationToken);

    /// <summary>Lists the topics of a stream; none for a stream that does not exist.</summary>
    public ValueTask<IReadOnlyList<TopicInfo>> GetTopicsAsync(IggyIdentifier stream, CancellationToken cancellationToken = default)
        => CallAsync<StreamTarget, IReadOnlyList<TopicInfo>>(IggyCommand.GetTopics, new StreamTarget(stream), Answers.Topics, cancellationToken);

    /// <summary>Changes name and settings of a topic.</summary>
    public ValueTask UpdateTopicAsync(IggyIdentifier stream, IggyIdentifier topic, string name, TopicSettings settings, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.UpdateTopic, new UpdateTopicRequest(stream, topic, new TopicShape(name, settings)), cancellationToken);

    /// <summary>Deletes a topic with everything in it.</summary>
    public ValueTask DeleteTopicAsync(IggyIdentifier stream, IggyIdentifier topic, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeleteTopic, new TopicTarget(stream, topic), cancellationToken);

    /// <summary>Deletes all messages and consumer offsets of a topic; offsets begin at 0 again.</summary>
    public ValueTask PurgeTopicAsync(IggyIdentifier stream, IggyIdentifier topic, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.PurgeTopic, new TopicTarget(stream, topic), cancellationToken);

    /// <summary>Adds partitions to a topic, 1 to 1,000.</summary>
    public ValueTask CreatePartitionsAsync(IggyIdentifier stream, IggyIdentifier topic, int count, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.CreatePartitions, Partitions(stream, topic, count), cancellationToken);

    /// <summary>Deletes partitions of a topic from the end, with everything in them, 1 to 1,000.</summary>
    public ValueTask DeletePartitionsAsync(IggyIdentifier stream, IggyIdentifier topic, int count, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeletePartitions, Partitions(stream, topic, count), cancellationToken);

    /// <summary>Deletes the oldest closed segments of a partition.</summary>
    public ValueTask DeleteSegmentsAsync(IggyIdentifier stream, IggyIdentifier topic, uint partition, uint count, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeleteSegments, new SegmentsRequest(stream, topic, partition, count), cancellationToken);

    private static PartitionsRequest Partitions(IggyIdentifier stream, IggyIdentifier topic, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, IggyLimits.PartitionsMax);
        return new PartitionsRequest(stream, topic, (uint)count);
    }
}
