using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names a stream: to get, delete or purge it, or to list its topics.</summary>
/// <param name="Stream">Which stream.</param>
internal readonly record struct StreamTarget(IggyIdentifier Stream) : IRequest<StreamTarget>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out StreamTarget request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream) || !reader.IsEmpty)
        {
            return false;
        }

        request = new StreamTarget(stream);
        return true;
    }
}
