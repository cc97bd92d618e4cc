namespace Chirps.Iggy.Embedded.Log;

/// <summary>How one partition's log behaves. Valid as made; the owner checks what people configure.</summary>
internal sealed record LogSettings
{
    /// <summary>When an append is answered.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Size at which a segment file is closed and the next begun, in bytes.</summary>
    /// <remarks>Retention removes whole segments; only the last one is read in full after a crash.</remarks>
    public long SegmentBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of a segment between two entries of its index.</summary>
    public int IndexStrideBytes { get; init; } = 64 * 1024;

    /// <summary>How many of the newest messages are remembered by id: an id that is among them is not stored again. 0: all are stored.</summary>
    public int DeduplicationWindow { get; init; } = 65_536;

    /// <summary>Most bytes kept; the oldest whole segments beyond it are removed. 2^64-1: no limit.</summary>
    public ulong SizeBytesMax { get; init; } = ulong.MaxValue;

    /// <summary>Age in microseconds beyond which whole segments are removed. 2^64-1: never.</summary>
    public ulong ExpiryMicroseconds { get; init; } = ulong.MaxValue;
}
