namespace Chirps.Iggy.Durable;

/// <summary>How a channel is read again.</summary>
public sealed record ReplaySettings
{
    /// <summary>Where it begins.</summary>
    /// <value>The oldest message kept.</value>
    public ReplayStart From { get; init; }

    /// <summary>Only this partition.</summary>
    /// <value>None: all of them.</value>
    public int? Partition { get; init; }

    /// <summary>How many messages to read.</summary>
    /// <value>None: no limit.</value>
    public long? Limit { get; init; }

    /// <summary>Whether to wait for what is published later. Without, the replay ends at what was stored when it began.</summary>
    /// <value><see langword="false"/>.</value>
    public bool Follow { get; init; }
}
