using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates an access token of the user who is logged in.</summary>
/// <param name="Name">The name.</param>
/// <param name="ExpiryMicroseconds">How long it is valid, in microseconds; 0 and the largest value mean for ever.</param>
internal readonly record struct CreateTokenRequest(string Name, ulong ExpiryMicroseconds) : IRequest<CreateTokenRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        buffer.WriteName(Name);
        buffer.WriteUInt64(ExpiryMicroseconds);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out CreateTokenRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt64(out var expiryMicroseconds) || !reader.IsEmpty)
        {
            return false;
        }

        request = new CreateTokenRequest(name, expiryMicroseconds);
        return true;
    }
}
