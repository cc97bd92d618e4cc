namespace Chirps.Iggy.Embedded.Log;

/// <summary>When an append is answered.</summary>
public enum Durability
{
    /// <summary>Once the messages are on stable storage. Many appends share one write and one sync.</summary>
    Fsync,

    /// <summary>Once the operating system has them, which survives a crash of the process; they are on stable storage at most one sync interval later.</summary>
    Interval,

    /// <summary>Once the operating system has them, which survives a crash of the process; it alone decides when they reach stable storage.</summary>
    None,
}
