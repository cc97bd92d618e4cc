namespace Chirps.Iggy.Durable;

/// <summary>The durable channels of the cluster, as one node reaches them: what there is, publish, replay, how far readers came. Any thread.</summary>
/// <remarks>What a server's absence or refusal ends throws <see cref="ChannelException"/>; publishing does not: its receipt says what became of the message.</remarks>
public interface IDurableChannels
{
    /// <summary>The server and the outbox at this moment. Asks nobody.</summary>
    DurableStatus Status { get; }

    /// <summary>All channels of the cluster, by name, those of Chirps itself included.</summary>
    /// <exception cref="ChannelException">There is no server, or it refused.</exception>
    Task<IReadOnlyList<ChannelReport>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>One channel.</summary>
    /// <returns><see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="ChannelException">There is no server, or it refused.</exception>
    Task<ChannelReport?> FindAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Stores a message in a channel, which is made when there is none. While the server cannot be reached, the message goes to the outbox.</summary>
    /// <param name="channel">1 to 255 bytes of UTF-8, not beginning with <c>chirps.</c></param>
    /// <param name="payload">Not to be changed until the call has ended.</param>
    /// <param name="settings">Key, topic, id and patience.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be stored all the same.</param>
    /// <exception cref="ArgumentException">The channel's name, the key or the topic breaks a limit; nothing was sent.</exception>
    ValueTask<ChannelReceipt> PublishAsync(string channel, ReadOnlyMemory<byte> payload, PublishSettings settings = default, CancellationToken cancellationToken = default);

    /// <summary>Reads a channel from some place on. Leaves no trace at the server: no reader's progress changes.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="settings">From where, and how much.</param>
    /// <param name="cancellationToken">Ends the wait for the start. The enumeration takes its own.</param>
    /// <returns>
    /// Once it is fixed where the replay begins: with <see cref="ReplaySettings.Follow"/>, nothing published from now on is missed. What is enumerated is in order in
    /// each partition; of several partitions in the order in which messages were stored, as far as they were there when they were asked for. Memory: the
    /// last answer of the server for each partition. Enumerating throws <see cref="ChannelException"/> when the server fails; a replay that follows waits for the server instead.
    /// </returns>
    /// <exception cref="ChannelException">There is no server, channel or partition, or the server refused.</exception>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    Task<IAsyncEnumerable<ReplayItem>> ReplayAsync(string channel, ReplaySettings settings, CancellationToken cancellationToken = default);

    /// <summary>How far consumers have come in a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="consumers">Names of consumers; none: the nodes' readers and streams that have stored an offset, and the channel's consumer groups.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChannelException">There is no server or channel, or the server refused.</exception>
    Task<IReadOnlyList<ConsumerLag>> LagAsync(string channel, IReadOnlyList<string>? consumers = null, CancellationToken cancellationToken = default);

    /// <summary>Follows from now on what becomes of messages whose receipt said <see cref="Node.Outcome.Queued"/>, those of former processes of this node included. Dispose the feed to end it.</summary>
    OutboxFeed WatchOutbox();
}
