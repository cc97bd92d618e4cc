namespace Chirps.Iggy.Durable;

/// <summary>Where a replay begins. The default value is the beginning.</summary>
public readonly record struct ReplayStart
{
    private ReplayStart(ReplayStartKind kind, ulong offset, DateTimeOffset instant)
    {
        Kind = kind;
        OffsetValue = offset;
        InstantValue = instant;
    }

    /// <summary>The oldest message kept.</summary>
    public static ReplayStart Beginning { get; }

    /// <summary>The next message that is stored.</summary>
    public static ReplayStart Now { get; } = new(ReplayStartKind.Now, 0, default);

    internal ReplayStartKind Kind { get; }

    internal ulong OffsetValue { get; }

    internal DateTimeOffset InstantValue { get; }

    /// <summary>An offset in one partition, which must be named where the channel has several.</summary>
    public static ReplayStart Offset(ulong offset) => new(ReplayStartKind.Offset, offset, default);

    /// <summary>The first message stored at an instant or later, by the server's clock.</summary>
    public static ReplayStart Instant(DateTimeOffset instant) => new(ReplayStartKind.Instant, 0, instant);
}
