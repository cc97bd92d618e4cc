using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Asks for messages.</summary>
/// <param name="Consumer">Who polls.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partition">Which partition; none: partition 0 for a consumer by itself, the next in turn of its own for a group member.</param>
/// <param name="Strategy">Where to begin.</param>
/// <param name="Count">Most messages to return.</param>
/// <param name="AutoCommit">Whether the last offset returned is stored before the answer.</param>
internal readonly record struct PollRequest(IggyConsumer Consumer, IggyIdentifier Stream, IggyIdentifier Topic, uint? Partition, PollingStrategy Strategy, uint Count, bool AutoCommit) : IRequest<PollRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Consumer.Write(buffer);
        Stream.Write(buffer);
        Topic.Write(buffer);
        OptionalPartition.Write(buffer, Partition);
        Strategy.Write(buffer);
        buffer.WriteUInt32(Count);
        buffer.WriteFlag(AutoCommit);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out PollRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyConsumer.TryRead(ref reader, out var consumer)
            || !IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !OptionalPartition.TryRead(ref reader, out var partition)
            || !PollingStrategy.TryRead(ref reader, out var strategy)
            || !reader.TryReadUInt32(out var count)
            || !reader.TryReadFlag(out var autoCommit)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new PollRequest(consumer, stream, topic, partition, strategy, count, autoCommit);
        return true;
    }
}
