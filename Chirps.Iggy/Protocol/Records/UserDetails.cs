using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A user and the permissions granted.</summary>
/// <param name="User">The user.</param>
/// <param name="Permissions">The permissions as the wire has them, not understood; empty for none.</param>
internal sealed record UserDetails(UserInfo User, ReadOnlyMemory<byte> Permissions)
{
    private const int AbsentBytes = 4;

    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        bodies.WriteUser(buffer, User);
        if (Permissions.IsEmpty)
        {
            buffer.WriteZeros(AbsentBytes);
            return;
        }

        buffer.WriteByte(1);
        buffer.WriteLongBytes(Permissions.Span);
    }

    public static bool TryRead(ref WireReader reader, IBodyCodec bodies, [NotNullWhen(true)] out UserDetails? details)
    {
        details = null;
        if (!bodies.TryReadUser(ref reader, out var user) || !reader.TryReadFlag(out var present))
        {
            return false;
        }

        if (!(present ? reader.TryReadLongBytes(out var permissions) : reader.TryReadBytes(AbsentBytes - 1, out permissions)))
        {
            return false;
        }

        details = new UserDetails(user, present ? permissions.ToArray() : ReadOnlyMemory<byte>.Empty);
        return true;
    }
}
