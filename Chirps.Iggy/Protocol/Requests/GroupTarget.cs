using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names a consumer group: to get, delete, join, leave or synchronise with it.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Group">Which group.</param>
internal readonly record struct GroupTarget(IggyIdentifier Stream, IggyIdentifier Topic, IggyIdentifier Group) : IRequest<GroupTarget>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        Group.Write(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out GroupTarget request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !IggyIdentifier.TryRead(ref reader, out var group)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new GroupTarget(stream, topic, group);
        return true;
    }
}
