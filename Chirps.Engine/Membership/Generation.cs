namespace Chirps.Engine.Membership;

/// <summary>Which process of a member this is: Unix milliseconds at its start. Must grow at every start of the same name.</summary>
/// <param name="Value">Unix milliseconds.</param>
public readonly record struct Generation(ulong Value) : IComparable<Generation>
{
    /// <summary>Whether <paramref name="left"/> is older.</summary>
    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is newer.</summary>
    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not newer.</summary>
    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not older.</summary>
    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Generation other) => Value.CompareTo(other.Value);
}
