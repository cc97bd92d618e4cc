using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates a stream.</summary>
/// <param name="Name">The name.</param>
internal readonly record struct CreateStreamRequest(string Name) : IRequest<CreateStreamRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        buffer.WriteName(Name);
        bodies.WriteNoOptions(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out CreateStreamRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadName(out var name) || !bodies.TrySkipOptions(ref reader) || !reader.IsEmpty)
        {
            return false;
        }

        request = new CreateStreamRequest(name);
        return true;
    }
}
