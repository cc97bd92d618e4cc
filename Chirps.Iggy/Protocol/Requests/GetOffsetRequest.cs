using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Asks for the stored offset of a consumer.</summary>
/// <param name="Consumer">Whose offset.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partition">Which partition; none: partition 0.</param>
internal readonly record struct GetOffsetRequest(IggyConsumer Consumer, IggyIdentifier Stream, IggyIdentifier Topic, uint? Partition) : IRequest<GetOffsetRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Consumer.Write(buffer);
        Stream.Write(buffer);
        Topic.Write(buffer);
        OptionalPartition.Write(buffer, Partition);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out GetOffsetRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyConsumer.TryRead(ref reader, out var consumer)
            || !IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !OptionalPartition.TryRead(ref reader, out var partition)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new GetOffsetRequest(consumer, stream, topic, partition);
        return true;
    }
}
