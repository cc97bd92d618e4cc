using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>The payload of a command that needs none.</summary>
internal readonly record struct EmptyRequest : IRequest<EmptyRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out EmptyRequest request)
    {
        request = default;
        return payload.IsEmpty;
    }
}
