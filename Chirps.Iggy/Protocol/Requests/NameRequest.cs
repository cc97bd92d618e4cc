using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names an access token to delete.</summary>
/// <param name="Name">The name.</param>
internal readonly record struct NameRequest(string Name) : IRequest<NameRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        buffer.WriteName(Name);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out NameRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadName(out var name) || !reader.IsEmpty)
        {
            return false;
        }

        request = new NameRequest(name);
        return true;
    }
}
