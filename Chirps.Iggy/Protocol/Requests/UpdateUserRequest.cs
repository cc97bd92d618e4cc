using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Changes name or status of a user.</summary>
/// <param name="User">Which user.</param>
/// <param name="Name">The new name, or none to keep it.</param>
/// <param name="Status">1 active, 2 inactive, or none to keep it.</param>
internal readonly record struct UpdateUserRequest(IggyIdentifier User, string? Name, byte? Status) : IRequest<UpdateUserRequest>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        User.Write(buffer);
        buffer.WriteFlag(Name is not null);
        if (Name is not null)
        {
            buffer.WriteName(Name);
        }

        buffer.WriteFlag(Status is not null);
        if (Status is { } status)
        {
            buffer.WriteByte(status);
        }

        bodies.WriteNoOptions(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out UpdateUserRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        string? name = null;
        byte status = 0;
        if (!IggyIdentifier.TryRead(ref reader, out var user)
            || !reader.TryReadFlag(out var hasName)
            || (hasName && !reader.TryReadName(out name))
            || !reader.TryReadFlag(out var hasStatus)
            || (hasStatus && !reader.TryReadByte(out status))
            || !bodies.TrySkipOptions(ref reader)
            || !reader.IsEmpty)
        {
            return false;
        }

        request = new UpdateUserRequest(user, name, hasStatus ? status : null);
        return true;
    }
}
