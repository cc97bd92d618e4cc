namespace Chirps.Iggy.Channels;

/// <summary>Limits and pauses of a <see cref="ChannelFeed"/>.</summary>
public sealed record ChannelFeedOptions
{
    /// <summary>Most messages that wait to be taken.</summary>
    /// <value>1024.</value>
    public int ReadAhead { get; init; } = 1024;

    /// <summary>Most bytes of payload that wait to be taken; one message may exceed it.</summary>
    /// <value>4 MiB.</value>
    public int ReadAheadBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most messages asked for at a time; fewer when they are large.</summary>
    /// <value>512.</value>
    public int BatchMax { get; init; } = 512;

    /// <summary>How often the server is asked for new messages when there were none, and after an error.</summary>
    /// <value>20 milliseconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(20);
}
