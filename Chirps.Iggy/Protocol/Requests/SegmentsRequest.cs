using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Deletes segments of a partition.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partition">Which partition.</param>
/// <param name="Segments">How many segments, the oldest first.</param>
internal readonly record struct SegmentsRequest(IggyIdentifier Stream, IggyIdentifier Topic, uint Partition, uint Segments) : IRequest<SegmentsRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        buffer.WriteUInt32(Partition);
        buffer.WriteUInt32(Segments);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out SegmentsRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !reader.TryReadUInt32(out var partition)
            || !reader.TryReadUInt32(out var segments)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new SegmentsRequest(stream, topic, partition, segments);
        return true;
    }
}
