using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates partitions, or deletes them from the end.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partitions">How many partitions.</param>
internal readonly record struct PartitionsRequest(IggyIdentifier Stream, IggyIdentifier Topic, uint Partitions) : IRequest<PartitionsRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        buffer.WriteUInt32(Partitions);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out PartitionsRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !reader.TryReadUInt32(out var partitions)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new PartitionsRequest(stream, topic, partitions);
        return true;
    }
}
