namespace Chirps.Iggy.Channels;

/// <summary>Limits and pauses of a <see cref="ChannelReader"/>.</summary>
public sealed record ChannelReaderOptions
{
    /// <summary>Most messages that wait to be taken.</summary>
    /// <value>256.</value>
    public int ReadAhead { get; init; } = 256;

    /// <summary>Most messages asked for at a time.</summary>
    /// <value>64.</value>
    public int BatchMax { get; init; } = 64;

    /// <summary>How often the server is asked for new messages when there were none, and after an error.</summary>
    /// <value>20 milliseconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(20);
}
