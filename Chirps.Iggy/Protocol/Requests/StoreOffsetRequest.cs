using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Stores the offset of a consumer.</summary>
/// <param name="Consumer">Whose offset.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partition">Which partition; none: partition 0.</param>
/// <param name="Offset">The last offset processed.</param>
internal readonly record struct StoreOffsetRequest(IggyConsumer Consumer, IggyIdentifier Stream, IggyIdentifier Topic, uint? Partition, ulong Offset) : IRequest<StoreOffsetRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Consumer.Write(buffer);
        Stream.Write(buffer);
        Topic.Write(buffer);
        OptionalPartition.Write(buffer, Partition);
        buffer.WriteUInt64(Offset);
        bodies.WriteAcknowledgement(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out StoreOffsetRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyConsumer.TryRead(ref reader, out var consumer)
            || !IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !OptionalPartition.TryRead(ref reader, out var partition)
            || !reader.TryReadUInt64(out var offset)
            || !bodies.TrySkipAcknowledgement(ref reader)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new StoreOffsetRequest(consumer, stream, topic, partition, offset);
        return true;
    }
}
