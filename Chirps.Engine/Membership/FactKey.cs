namespace Chirps.Engine.Membership;

/// <summary>How new a fact about a member is: its generation, then its incarnation, then the rank of its status.</summary>
/// <remarks>
/// A total order, so keeping the larger of two facts is commutative, associative and idempotent: all members end with the
/// same fact whatever the order of arrival. A higher generation always wins (a restart never waits for a refutation); within
/// one incarnation the graver status wins (SWIM paper, section 4.2), and only the owner can answer, by a higher incarnation.
/// </remarks>
/// <param name="Generation">The process the fact is about.</param>
/// <param name="Incarnation">The incarnation the fact is about.</param>
/// <param name="Rank">The status claimed.</param>
public readonly record struct FactKey(Generation Generation, Incarnation Incarnation, MemberStatus Rank) : IComparable<FactKey>
{
    /// <summary>Whether <paramref name="left"/> loses against <paramref name="right"/>.</summary>
    public static bool operator <(FactKey left, FactKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> wins against <paramref name="right"/>.</summary>
    public static bool operator >(FactKey left, FactKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not win against <paramref name="right"/>.</summary>
    public static bool operator <=(FactKey left, FactKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not lose against <paramref name="right"/>.</summary>
    public static bool operator >=(FactKey left, FactKey right) => left.CompareTo(right) >= 0;

    /// <summary>The fact to keep of two.</summary>
    /// <param name="left">One fact.</param>
    /// <param name="right">The other fact.</param>
    /// <returns>The larger key.</returns>
    public static FactKey Merge(FactKey left, FactKey right) => left >= right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(FactKey other)
    {
        var order = Generation.CompareTo(other.Generation);
        order = order != 0 ? order : Incarnation.CompareTo(other.Incarnation);
        return order != 0 ? order : ((byte)Rank).CompareTo((byte)other.Rank);
    }

    /// <summary>The key as text, for traces.</summary>
    /// <returns>For example <c>1700000000000.2 Suspect</c>.</returns>
    public override string ToString() => $"{Generation.Value}.{Incarnation.Value} {Rank}";
}
