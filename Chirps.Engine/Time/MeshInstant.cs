namespace Chirps.Engine.Time;

/// <summary>A moment, counted in nanoseconds since an origin that only its giver knows. Never read from a clock here; handed in.</summary>
/// <param name="Nanoseconds">Since the origin.</param>
public readonly record struct MeshInstant(long Nanoseconds) : IComparable<MeshInstant>
{
    private const long NanosecondsPerTick = 100;

    /// <inheritdoc />
    public int CompareTo(MeshInstant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The moment <paramref name="duration"/> later.</summary>
    public static MeshInstant operator +(MeshInstant instant, TimeSpan duration) => new(instant.Nanoseconds + (duration.Ticks * NanosecondsPerTick));

    /// <summary>The moment <paramref name="duration"/> earlier.</summary>
    public static MeshInstant operator -(MeshInstant instant, TimeSpan duration) => new(instant.Nanoseconds - (duration.Ticks * NanosecondsPerTick));

    /// <summary>The time between two moments.</summary>
    public static TimeSpan operator -(MeshInstant later, MeshInstant earlier) => TimeSpan.FromTicks((later.Nanoseconds - earlier.Nanoseconds) / NanosecondsPerTick);

    /// <summary>Whether it is earlier.</summary>
    public static bool operator <(MeshInstant left, MeshInstant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether it is later.</summary>
    public static bool operator >(MeshInstant left, MeshInstant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether it is not later.</summary>
    public static bool operator <=(MeshInstant left, MeshInstant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether it is not earlier.</summary>
    public static bool operator >=(MeshInstant left, MeshInstant right) => left.Nanoseconds >= right.Nanoseconds;
}
