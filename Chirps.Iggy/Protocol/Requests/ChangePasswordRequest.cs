using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Changes a password. It has no text form: passwords do not belong into logs.</summary>
/// <param name="user">Whose.</param>
/// <param name="oldPassword">The password now.</param>
/// <param name="newPassword">The password to be.</param>
internal readonly struct ChangePasswordRequest(IggyIdentifier user, string oldPassword, string newPassword) : IRequest<ChangePasswordRequest>
{
    /// <summary>Whose.</summary>
    public IggyIdentifier User { get; } = user;

    /// <summary>The password now.</summary>
    public string OldPassword { get; } = oldPassword;

    /// <summary>The password to be.</summary>
    public string NewPassword { get; } = newPassword;

    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        User.Write(buffer);
        buffer.WriteName(OldPassword);
        buffer.WriteName(NewPassword);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out ChangePasswordRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!IggyIdentifier.TryRead(ref reader, out var user)
            || !reader.TryReadName(out var oldPassword)
            || !reader.TryReadName(out var newPassword)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new ChangePasswordRequest(user, oldPassword, newPassword);
        return true;
    }
}
