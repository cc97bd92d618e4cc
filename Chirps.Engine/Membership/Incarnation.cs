namespace Chirps.Engine.Membership;

/// <summary>A counter of one process of a member, raised by that member alone, to overrule rumours about it (SWIM paper, section 4.2).</summary>
/// <param name="Value">The count.</param>
public readonly record struct Incarnation(uint Value) : IComparable<Incarnation>
{
    /// <summary>Whether <paramref name="left"/> is older.</summary>
    public static bool operator <(Incarnation left, Incarnation right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is newer.</summary>
    public static bool operator >(Incarnation left, Incarnation right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not newer.</summary>
    public static bool operator <=(Incarnation left, Incarnation right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not older.</summary>
    public static bool operator >=(Incarnation left, Incarnation right) => left.Value >= right.Value;

    /// <summary>Whether facts of this incarnation overrule those of another.</summary>
    /// <param name="other">The other incarnation.</param>
    /// <returns>Whether this one is newer.</returns>
    public bool Supersedes(Incarnation other) => Value > other.Value;

    /// <inheritdoc/>
    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);
}
