using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Creates a user. It has no text form: passwords do not belong into logs.</summary>
/// <param name="name">The user name.</param>
/// <param name="password">The password.</param>
/// <param name="status">1 active, 2 inactive.</param>
/// <param name="permissions">The permissions as the wire has them, kept and not understood; empty for none.</param>
internal readonly struct CreateUserRequest(string name, string password, byte status, ReadOnlyMemory<byte> permissions) : IRequest<CreateUserRequest>
{
    /// <summary>The user name.</summary>
    public string Name { get; } = name;

    /// <summary>The password.</summary>
    public string Password { get; } = password;

    /// <summary>1 active, 2 inactive.</summary>
    public byte Status { get; } = status;

    /// <summary>The permissions as the wire has them; empty for none.</summary>
    public ReadOnlyMemory<byte> Permissions { get; } = permissions;

    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        buffer.WriteName(Name);
        buffer.WriteName(Password);
        buffer.WriteByte(Status);
        buffer.WriteFlag(!Permissions.IsEmpty);
        if (!Permissions.IsEmpty)
        {
            buffer.WriteLongBytes(Permissions.Span);
        }

        bodies.WriteNoOptions(buffer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out CreateUserRequest request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadName(out var name)
            || !reader.TryReadName(out var password)
            || !reader.TryReadByte(out var status)
            || !reader.TryReadFlag(out var hasPermissions))
        {
            return false;
        }

        ReadOnlySpan<byte> permissions = default;
        if ((hasPermissions && !reader.TryReadLongBytes(out permissions)) || !bodies.TrySkipOptions(ref reader) || !reader.IsEmpty)
        {
            return false;
        }

        request = new CreateUserRequest(name, password, status, permissions.ToArray());
        return true;
    }
}
