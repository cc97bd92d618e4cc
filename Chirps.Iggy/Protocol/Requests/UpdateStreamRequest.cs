using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Renames a stream.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="Name">The name.</param>
internal readonly record struct UpdateStreamRequest(IggyIdentifier Stream, string Name) : IRequest<UpdateStreamRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        Stream.Write(buffer);
        buffer.WriteName(Name);
        bodies.WriteNoOptions(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out UpdateStreamRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !reader.TryReadName(out var name)
            || !bodies.TrySkipOptions(ref reader)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new UpdateStreamRequest(stream, name);
        return true;
    }
}
