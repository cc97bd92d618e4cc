namespace Chirps.Iggy.Durable;

/// <summary>What names the start of a replay.</summary>
internal enum ReplayStartKind
{
    /// <summary>The oldest message.</summary>
    Beginning,

    /// <summary>What comes next.</summary>
    Now,

    /// <summary>An offset.</summary>
    Offset,

    /// <summary>An instant.</summary>
    Instant,
}
