using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A personal access token as a server lists it, without its secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ExpiresMicroseconds">When it ends, in microseconds since the Unix epoch; 0 for never.</param>
public sealed record TokenInfo(string Name, ulong ExpiresMicroseconds)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteName(Name);
        buffer.WriteUInt64(ExpiresMicroseconds);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out TokenInfo? token)
    {
        token = null;
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt64(out var expires))
        {
            return false;
        }

        token = new TokenInfo(name, expires);
        return true;
    }
}
