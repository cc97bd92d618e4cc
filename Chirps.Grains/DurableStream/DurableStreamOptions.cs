using Chirps.Engine.Membership;
using Chirps.Iggy.Channels;

namespace Chirps.Grains.DurableStream;

/// <summary>Settings of the provider of durable streams.</summary>
public sealed class DurableStreamOptions
{
    /// <summary>Where channels are stored.</summary>
    public required IChannelServer Server { get; init; }

    /// <summary>In whose name is published. Asked when it is needed, for a silo's node starts with the silo.</summary>
    public required Func<MemberId> Node { get; init; }

    /// <summary>Under which name the progress of subscriptions without a token is kept; <see langword="null"/> for <c>chirps.stream.</c> and the node.</summary>
    /// <remarks>Must be the same after a restart. In an Orleans cluster of several silos give all of them one, and every cluster another.</remarks>
    public string? Reader { get; init; }

    /// <summary>Limits and pauses of reading; each subscription has its own room.</summary>
    public ChannelFeedOptions Reading { get; init; } = new();

    /// <summary>How often delivery of one message is tried before it goes to the dead letters.</summary>
    /// <value>8.</value>
    public int TriesMax { get; init; } = 8;

    /// <summary>The pause before the second attempt; it doubles with each further one.</summary>
    /// <value>10 milliseconds.</value>
    public TimeSpan RetryPauseMin { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between attempts.</summary>
    /// <value>500 milliseconds.</value>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long delivery of one message is tried at most, however few the attempts.</summary>
    /// <value>One minute.</value>
    public TimeSpan DeliveryTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked for new channels and their ends, and progress is stored at the server.</summary>
    /// <remarks>A subscription without a token may begin with messages that were stored this long before it.</remarks>
    /// <value>100 milliseconds.</value>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many queues the channels are spread over: in an Orleans cluster of several silos, over so many of them.</summary>
    /// <value>One.</value>
    public int Queues { get; init; } = 1;

    /// <summary>The clock that publishing stamps messages by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
