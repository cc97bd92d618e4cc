namespace Chirps.Engine.Time;

/// <summary>A point of protocol time, in nanoseconds since an arbitrary origin chosen by the owner of the clock.</summary>
/// <remarks>
/// Deciding code never reads a clock: it is handed the instant. Instants of one engine never go back.
/// Instants of two nodes are not comparable and never travel.
/// </remarks>
/// <param name="Nanoseconds">Nanoseconds since the origin.</param>
public readonly record struct MeshInstant(long Nanoseconds) : IComparable<MeshInstant>
{
    /// <summary>The origin.</summary>
    public static MeshInstant Zero => default;

    /// <summary>The later instant of two.</summary>
    /// <param name="left">One instant.</param>
    /// <param name="right">The other instant.</param>
    /// <returns>Whichever is later.</returns>
    public static MeshInstant Max(MeshInstant left, MeshInstant right) => left >= right ? left : right;

    /// <summary>The instant a duration after another.</summary>
    public static MeshInstant operator +(MeshInstant instant, TimeSpan duration) =>
        new(instant.Nanoseconds + (duration.Ticks * TimeSpan.NanosecondsPerTick));

    /// <summary>The instant a duration before another.</summary>
    public static MeshInstant operator -(MeshInstant instant, TimeSpan duration) =>
        new(instant.Nanoseconds - (duration.Ticks * TimeSpan.NanosecondsPerTick));

    /// <summary>The duration between two instants, negative when <paramref name="left"/> is earlier.</summary>
    public static TimeSpan operator -(MeshInstant left, MeshInstant right) =>
        new((left.Nanoseconds - right.Nanoseconds) / TimeSpan.NanosecondsPerTick);

    /// <summary>Whether <paramref name="left"/> is earlier.</summary>
    public static bool operator <(MeshInstant left, MeshInstant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is later.</summary>
    public static bool operator >(MeshInstant left, MeshInstant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not later.</summary>
    public static bool operator <=(MeshInstant left, MeshInstant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not earlier.</summary>
    public static bool operator >=(MeshInstant left, MeshInstant right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The instant a duration after this one.</summary>
    /// <param name="duration">How far ahead.</param>
    /// <returns>The later instant.</returns>
    public MeshInstant Add(TimeSpan duration) => this + duration;

    /// <summary>The duration since an earlier instant.</summary>
    /// <param name="earlier">The earlier instant.</param>
    /// <returns>The duration.</returns>
    public TimeSpan Subtract(MeshInstant earlier) => this - earlier;

    /// <inheritdoc/>
    public int CompareTo(MeshInstant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The instant in seconds, for traces.</summary>
    /// <returns>Seconds with six decimals.</returns>
    public override string ToString() => $"{Nanoseconds / 1_000_000_000}.{Nanoseconds % 1_000_000_000 / 1_000:D6}s";
}
