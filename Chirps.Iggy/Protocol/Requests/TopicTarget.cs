using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names a topic: to get, delete or purge it, or to list its groups.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
internal readonly record struct TopicTarget(IggyIdentifier Stream, IggyIdentifier Topic) : IRequest<TopicTarget>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out TopicTarget request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream) || !IggyIdentifier.TryRead(ref reader, out var topic) || !reader.IsEmpty)
        {
            return false;
        }

        request = new TopicTarget(stream, topic);
        return true;
    }
}
