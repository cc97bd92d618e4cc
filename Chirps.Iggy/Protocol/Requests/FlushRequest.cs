using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Makes the server write what it holds in memory of a partition.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Topic">Which topic.</param>
/// <param name="Partition">Which partition.</param>
/// <param name="Fsync">Whether the answer waits for stable storage.</param>
internal readonly record struct FlushRequest(IggyIdentifier Stream, IggyIdentifier Topic, uint Partition, bool Fsync) : IRequest<FlushRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        Topic.Write(buffer);
        buffer.WriteUInt32(Partition);
        buffer.WriteFlag(Fsync);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out FlushRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !reader.TryReadUInt32(out var partition)
            || !reader.TryReadFlag(out var fsync)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new FlushRequest(stream, topic, partition, fsync);
        return true;
    }
}
