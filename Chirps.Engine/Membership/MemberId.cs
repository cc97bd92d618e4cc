using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Chirps.Engine.Membership;

/// <summary>
/// The stable name of a node: 1 to 63 characters out of <c>A-Z a-z 0-9 . _ -</c>, the first one a letter or digit, so
/// that it fits a segment of a URI. Compared by ordinal. The default value names nobody.
/// </summary>
public readonly record struct MemberId : IComparable<MemberId>
{
    /// <summary>Longest name, in characters, which are bytes too.</summary>
    public const int LengthMax = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string? _name;

    private MemberId(string name) => _name = name;

    /// <summary>Whether it names nobody.</summary>
    public bool IsDefault => _name is null;

    /// <summary>Makes an id of a name.</summary>
    /// <exception cref="ArgumentException">The name breaks the rule; the message says it.</exception>
    public static MemberId Parse(string name) => TryParse(name, out var id)
        ? id
        : throw new ArgumentException($"'{name}' is no member id: 1 to {LengthMax} characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit.", nameof(name));

    /// <summary>Makes an id of a name, if it keeps the rule.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out MemberId id)
    {
        var valid = name is not null && IsValid(name);
        id = valid ? new MemberId(name!) : default;
        return valid;
    }

    /// <summary>Makes an id of a name in UTF-8, if it keeps the rule. Allocates the name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out MemberId id)
    {
        Span<char> characters = stackalloc char[LengthMax];
        var valid = TryDecode(utf8, characters, out var length) && IsValid(characters[..length]);
        id = valid ? new MemberId(characters[..length].ToString()) : default;
        return valid;
    }

    /// <inheritdoc />
    public int CompareTo(MemberId other) => string.CompareOrdinal(_name, other._name);

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "";

    /// <summary>Decodes a name without judging its characters.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> utf8, Span<char> characters, out int length)
    {
        length = 0;
        return utf8.Length is > 0 and <= LengthMax && Ascii.ToUtf16(utf8, characters, out length) == OperationStatus.Done;
    }

    internal static bool IsValid(ReadOnlySpan<char> name)
        => name.Length is > 0 and <= LengthMax && char.IsAsciiLetterOrDigit(name[0]) && name.IndexOfAnyExcept(Allowed) < 0;

    /// <summary>Orders by name.</summary>
    public static bool operator <(MemberId left, MemberId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by name.</summary>
    public static bool operator >(MemberId left, MemberId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by name.</summary>
    public static bool operator <=(MemberId left, MemberId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by name.</summary>
    public static bool operator >=(MemberId left, MemberId right) => left.CompareTo(right) >= 0;
}
