namespace Chirps.Engine.Membership;

/// <summary>What a member is held to be. The value is its rank: of two facts of one incarnation the higher one holds.</summary>
public enum MemberStatus : byte
{
    /// <summary>Healthy, as far as is known.</summary>
    Alive = 0,

    /// <summary>Did not answer and may refute; still a member.</summary>
    Suspect = 1,

    /// <summary>Declared failed.</summary>
    Dead = 2,

    /// <summary>Declared gone by itself.</summary>
    Left = 3,
}

/// <summary>Which start of a node's process: Unix milliseconds at its start, growing with every start.</summary>
public readonly record struct Generation(ulong Value) : IComparable<Generation>
{
    /// <inheritdoc />
    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    /// <summary>Whether it is an earlier start.</summary>
    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    /// <summary>Whether it is a later start.</summary>
    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    /// <summary>Whether it is not a later start.</summary>
    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    /// <summary>Whether it is not an earlier start.</summary>
    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;
}

/// <summary>How often a node has refuted a rumour in one generation. Raised by its owner only (SWIM, section 4.2).</summary>
public readonly record struct Incarnation(uint Value);

/// <summary>
/// Orders all facts about one member: by generation, then incarnation, then rank. The larger key holds, so merging is
/// taking the maximum: commutative, associative, idempotent.
/// </summary>
/// <param name="Generation">Which start.</param>
/// <param name="Incarnation">Which refutation.</param>
/// <param name="Rank">What it is held to be.</param>
public readonly record struct FactKey(Generation Generation, Incarnation Incarnation, MemberStatus Rank) : IComparable<FactKey>
{
    /// <inheritdoc />
    public int CompareTo(FactKey other)
    {
        var generation = Generation.CompareTo(other.Generation);
        if (generation != 0)
        {
            return generation;
        }

        var incarnation = Incarnation.Value.CompareTo(other.Incarnation.Value);
        return incarnation != 0 ? incarnation : Rank.CompareTo(other.Rank);
    }

    /// <summary>The larger of two keys.</summary>
    public static FactKey Max(FactKey left, FactKey right) => left >= right ? left : right;

    /// <summary>Whether the right one holds.</summary>
    public static bool operator <(FactKey left, FactKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one holds.</summary>
    public static bool operator >(FactKey left, FactKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one does not hold over the right one.</summary>
    public static bool operator <=(FactKey left, FactKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right one does not hold over the left one.</summary>
    public static bool operator >=(FactKey left, FactKey right) => left.CompareTo(right) >= 0;
}
