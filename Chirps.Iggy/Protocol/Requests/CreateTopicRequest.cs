using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates a topic.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Partitions">How many partitions.</param>
/// <param name="Shape">Name and settings.</param>
internal readonly record struct CreateTopicRequest(IggyIdentifier Stream, uint Partitions, TopicShape Shape) : IRequest<CreateTopicRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        buffer.WriteUInt32(Partitions);
        bodies.WriteTopic(buffer, Shape);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out CreateTopicRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !reader.TryReadUInt32(out var partitions)
            || !bodies.TryReadTopic(ref reader, out var shape)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new CreateTopicRequest(stream, partitions, shape);
        return true;
    }
}
