using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Changes name and settings of a topic.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Shape">Name and settings.</param>
internal readonly record struct UpdateTopicRequest(IggyIdentifier Stream, IggyIdentifier Topic, TopicShape Shape) : IRequest<UpdateTopicRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        bodies.WriteTopic(buffer, Shape);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out UpdateTopicRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !bodies.TryReadTopic(ref reader, out var shape)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new UpdateTopicRequest(stream, topic, shape);
        return true;
    }
}
