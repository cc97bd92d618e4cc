namespace Chirps.Node.Toml;

/// <summary>One single value of a TOML text, with the way to it.</summary>
/// <param name="Path">Names of tables and the key; positions in arrays as numbers.</param>
/// <param name="Text">The value as text: of a string its characters, of a number its digits without separators.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Line">Where it stands, counted from 1.</param>
internal sealed record TomlValue(IReadOnlyList<string> Path, string Text, TomlKind Kind, int Line);

/// <summary>What a value was in the text.</summary>
internal enum TomlKind
{
    /// <summary>A string, of whatever quotes.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Float,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>An array without elements.</summary>
    Empty,
}
