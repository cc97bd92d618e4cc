using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Chirps.Engine.Membership;

/// <summary>The stable name of a member: 1 to 63 characters of <c>[A-Za-z0-9._-]</c>, the first a letter or digit.</summary>
/// <remarks>The alphabet fits a segment of a URI path, so the name can be bound by the certificate's <c>chirps://cluster/node</c>. Compared byte by byte. The default value is no name.</remarks>
public readonly record struct MemberId : IComparable<MemberId>
{
    /// <summary>The most characters a name may have.</summary>
    public const int LengthMax = 63;

    private readonly string? _name;

    private MemberId(string name) => _name = name;

    /// <summary>Whether this is the default value, which names nobody.</summary>
    public bool IsDefault => _name is null;

    /// <summary>The 64-bit hash that stands for the name in datagram headers.</summary>
    internal ulong Hash => NameHasher.Of(_name.AsSpan());

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(MemberId left, MemberId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(MemberId left, MemberId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not sort after <paramref name="right"/>.</summary>
    public static bool operator <=(MemberId left, MemberId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not sort before <paramref name="right"/>.</summary>
    public static bool operator >=(MemberId left, MemberId right) => left.CompareTo(right) >= 0;

    /// <summary>Parses a name.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The text is not a name; the message gives the rule.</exception>
    public static MemberId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new ArgumentException(
            $"'{text}' is not a member name: 1 to {LengthMax} characters of A-Z a-z 0-9 . _ - are allowed, the first must be a letter or digit.",
            nameof(text));

    /// <summary>Parses a name without throwing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The name, or the default value.</param>
    /// <returns>Whether the text is a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out MemberId id)
    {
        id = default;
        if (text is null || text.Length is 0 or > LengthMax || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (!char.IsAscii(letter) || !IsAllowed((byte)letter))
            {
                return false;
            }
        }

        id = new MemberId(text);
        return true;
    }

    /// <summary>Parses a name from UTF-8 bytes without throwing. Allocates the name's text when it succeeds.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="id">The name, or the default value.</param>
    /// <returns>Whether the bytes are a name.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out MemberId id)
    {
        id = IsName(utf8) ? new MemberId(Encoding.ASCII.GetString(utf8)) : default;
        return !id.IsDefault;
    }

    /// <inheritdoc/>
    public int CompareTo(MemberId other) => string.CompareOrdinal(_name, other._name);

    /// <summary>The name; empty for the default value.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => _name ?? string.Empty;

    /// <summary>Whether UTF-8 bytes are a name. Allocates nothing.</summary>
    internal static bool IsName(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LengthMax || !char.IsAsciiLetterOrDigit((char)utf8[0]))
        {
            return false;
        }

        foreach (var letter in utf8)
        {
            if (!IsAllowed(letter))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether this is the name the UTF-8 bytes spell. Allocates nothing.</summary>
    internal bool Is(ReadOnlySpan<byte> utf8) => _name is not null && Ascii.Equals(utf8, _name.AsSpan());

    /// <summary>The name as UTF-8 bytes, in a new array.</summary>
    internal byte[] ToUtf8() => Encoding.ASCII.GetBytes(ToString());

    private static bool IsAllowed(byte letter) =>
        char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'.' or (byte)'_' or (byte)'-';
}
