using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names a user: to get or delete it.</summary>
/// <param name="User">Which user.</param>
internal readonly record struct UserTarget(IggyIdentifier User) : IRequest<UserTarget>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        User.Write(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out UserTarget request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var user) || !reader.IsEmpty)
        {
            return false;
        }

        request = new UserTarget(user);
        return true;
    }
}
