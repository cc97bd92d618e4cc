namespace Chirps.Engine.Membership;

/// <summary>The 64-bit hash that stands for a name on the wire.</summary>
/// <remarks>FNV-1a over the UTF-8 bytes, finished with the 64-bit mixer of MurmurHash3. Equal on every machine and version; it identifies, it does not protect.</remarks>
internal static class NameHasher
{
    /// <summary>Hashes UTF-8 bytes.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <returns>The hash.</returns>
    public static ulong Of(ReadOnlySpan<byte> utf8)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in utf8)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        return Finish(hash);
    }

    /// <summary>Hashes ASCII text, with the result its UTF-8 bytes have.</summary>
    /// <param name="ascii">Text of ASCII characters only.</param>
    /// <returns>The hash.</returns>
    public static ulong Of(ReadOnlySpan<char> ascii)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in ascii)
        {
            hash = (hash ^ (byte)value) * 1099511628211UL;
        }

        return Finish(hash);
    }

    /// <summary>Mixes the bits of a number so that each of them changes half of the result.</summary>
    public static ulong Mix(ulong value) => Finish(value + 0x9E3779B97F4A7C15UL);

    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return hash ^ (hash >> 33);
    }
}
