using System.Text;

namespace Chirps.Engine.Membership;

/// <summary>Lets a table keyed by member names be searched by the UTF-8 bytes of a datagram, without making a string.</summary>
internal sealed class Utf8NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    /// <summary>The only instance.</summary>
    public static Utf8NameComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    /// <inheritdoc/>
    public int GetHashCode(string obj) => (int)NameHasher.Of(obj.AsSpan());

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other.AsSpan());

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)NameHasher.Of(alternate);

    /// <inheritdoc/>
    public string Create(ReadOnlySpan<byte> alternate) => Encoding.ASCII.GetString(alternate);
}
