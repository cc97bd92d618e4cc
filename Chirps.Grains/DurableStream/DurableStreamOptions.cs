using Chirps.Engine.Membership;
using Chirps.Iggy.Channels;

namespace Chirps.Grains.DurableStream;

/// <summary>Settings of the provider of durable streams.</summary>
public sealed class DurableStreamOptions
{
    /// <summary>Where channels are stored.</summary>
    public required IChannelServer Server { get; init; }

    /// <summary>In whose name is published, and under which the progress of subscriptions without a token is kept.</summary>
    public required MemberId Node { get; init; }

    /// <summary>Limits and pauses of reading; each subscription has its own room.</summary>
    public ChannelReaderOptions Reading { get; init; } = new();

    /// <summary>How long delivery of one message is tried again before it goes to the dead letters.</summary>
    /// <value>Two seconds.</value>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause before the second attempt; it doubles with each further one.</summary>
    /// <value>10 milliseconds.</value>
    public TimeSpan RetryPauseMin { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between attempts.</summary>
    /// <value>500 milliseconds.</value>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often it is looked for new channels, and progress is stored at the server.</summary>
    /// <value>100 milliseconds.</value>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
