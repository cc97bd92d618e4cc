using System.Diagnostics.CodeAnalysis;

namespace Chirps;

/// <summary>
/// The stable name of a node: what the operator calls it, unchanged by restarts. It is the last segment of the
/// URI in the node's certificate (<c>chirps://cluster/node</c>), so no peer can act under a name it does not own.
/// </summary>
/// <remarks>1 to 63 characters out of <c>A-Z a-z 0-9 . _ -</c>, the first one a letter or digit. Compared by ordinal.</remarks>
[GenerateSerializer, Immutable, Alias("Chirps.NodeId")]
public readonly record struct NodeId : IComparable<NodeId>
{
    /// <summary>Longest name, in characters.</summary>
    public const int LengthMax = 63;

    /// <summary>Makes an id of <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The name breaks the rule in the remarks of the type.</exception>
    public NodeId(string value)
    {
        if (!IsValid(value))
        {
            throw new ArgumentException(
                $"'{value}' is no node id: 1 to {LengthMax} characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit.",
                nameof(value));
        }

        Value = value;
    }

    /// <summary>The name; <see langword="null"/> only for <c>default(NodeId)</c>, which names nobody.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>Whether <paramref name="value"/> may be a node id.</summary>
    public static bool IsValid([NotNullWhen(true)] string? value)
        => value is { Length: > 0 and <= LengthMax }
            && char.IsAsciiLetterOrDigit(value[0])
            && value.AsSpan().IndexOfAnyExcept(_allowed) < 0;

    /// <inheritdoc />
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The name.</summary>
    public override string ToString() => Value ?? "";

    private static readonly System.Buffers.SearchValues<char> _allowed =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Orders by name.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by name.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by name.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by name.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;
}
