using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates a consumer group.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Name">The name.</param>
internal readonly record struct CreateGroupRequest(IggyIdentifier Stream, IggyIdentifier Topic, string Name) : IRequest<CreateGroupRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        buffer.WriteName(Name);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out CreateGroupRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !reader.TryReadName(out var name)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new CreateGroupRequest(stream, topic, name);
        return true;
    }
}
