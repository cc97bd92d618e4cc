namespace Chirps.Engine.Time;

/// <summary>An instant of a hybrid logical clock: milliseconds since the Unix epoch, and a counter that orders what falls into one of them.</summary>
/// <remarks>Kulkarni et al., "Logical Physical Clocks" (2014), section 3, in the 64-bit form of its section 6.2. Compared as a number.</remarks>
/// <param name="Value">The milliseconds in the upper 48 bits, the counter in the lower 16.</param>
public readonly record struct HybridTimestamp(ulong Value) : IComparable<HybridTimestamp>
{
    /// <summary>Bits of the counter.</summary>
    internal const int CounterBits = 16;

    /// <summary>Milliseconds since the Unix epoch, never behind the wall clock that made it.</summary>
    public long Milliseconds => (long)(Value >> CounterBits);

    /// <summary>Orders timestamps of the same millisecond.</summary>
    public int Counter => (ushort)Value;

    /// <summary>Whether <paramref name="left"/> is earlier than <paramref name="right"/>.</summary>
    public static bool operator <(HybridTimestamp left, HybridTimestamp right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is later than <paramref name="right"/>.</summary>
    public static bool operator >(HybridTimestamp left, HybridTimestamp right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not later than <paramref name="right"/>.</summary>
    public static bool operator <=(HybridTimestamp left, HybridTimestamp right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not earlier than <paramref name="right"/>.</summary>
    public static bool operator >=(HybridTimestamp left, HybridTimestamp right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(HybridTimestamp other) => Value.CompareTo(other.Value);
}
