using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Durable;

/// <summary>The channels through the backend of a node.</summary>
/// <param name="find">The backend; <see langword="null"/> while no node with a route to it runs.</param>
/// <param name="feeds">Who watches the outbox.</param>
internal sealed class MeshChannels(Func<IggyBackend?> find, OutboxFeeds feeds) : IDurableChannels
{
    private const string StreamConsumerPrefix = "chirps.stream.";

    public DurableStatus Status => find() is { } backend ? backend.Status : new DurableStatus(false, null, default, "", new OutboxReport(0, 0, 0, 0));

    public Task<IReadOnlyList<ChannelReport>> ListAsync(CancellationToken cancellationToken) => Ask<IReadOnlyList<ChannelReport>>(async (backend, client) =>
    {
        var reports = new List<ChannelReport>();
        if (await client.GetStreamAsync(backend.Link.Stream, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return reports;
        }

        foreach (var channel in stream.Topics.Select(topic => topic.Name).Order(StringComparer.Ordinal))
        {
            if (await ReportAsync(client, backend.Link.Stream, channel, cancellationToken).ConfigureAwait(false) is { } report)
            {
                reports.Add(report);
            }
        }

        return reports;
    });

    public Task<ChannelReport?> FindAsync(string channel, CancellationToken cancellationToken)
    {
        CheckName(channel, "channel");
        return Ask((backend, client) => ReportAsync(client, backend.Link.Stream, channel, cancellationToken));
    }

    public async ValueTask<ChannelReceipt> PublishAsync(string channel, ReadOnlyMemory<byte> payload, PublishSettings settings, CancellationToken cancellationToken)
    {
        CheckName(channel, "channel");
        CheckName(settings.Key ?? channel, "key");
        CheckName(settings.Topic ?? channel, "topic");
        if (channel.StartsWith(DurableChannels.ReservedPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"channel: names that begin with {DurableChannels.ReservedPrefix} are Chirps' own");
        }

        var backend = find() ?? throw NoServer();
        var result = await backend.PublishAsync(channel, payload, settings, cancellationToken).ConfigureAwait(false);
        return new ChannelReceipt(result.Outcome, result.MessageId, result.Reason, result.Partition, result.Offset);
    }

    public Task<IAsyncEnumerable<ReplayItem>> ReplayAsync(string channel, ReplaySettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        CheckName(channel, "channel");
        if (settings.Limit < 1)
        {
            throw new ArgumentException("limit: at least 1");
        }

        return Ask(async (backend, client) =>
        {
            var replay = new Replay(backend.Link, backend.Link.Client ?? client, backend.Patience, channel, settings, backend.PollInterval);
            await replay.StartAsync(cancellationToken).ConfigureAwait(false);
            return replay.ReadAsync(CancellationToken.None);
        });
    }

    public Task<IReadOnlyList<ConsumerLag>> LagAsync(string channel, IReadOnlyList<string>? consumers, CancellationToken cancellationToken)
    {
        CheckName(channel, "channel");
        foreach (var consumer in consumers ?? [])
        {
            CheckName(consumer, "consumer");
        }

        return Ask<IReadOnlyList<ConsumerLag>>(async (backend, client) =>
        {
            var stream = backend.Link.Stream;
            var report = await ReportAsync(client, stream, channel, cancellationToken).ConfigureAwait(false) ?? throw UnknownChannel(channel);
            var lags = new List<ConsumerLag>();
            foreach (var consumer in consumers is { Count: > 0 } ? consumers.Select(name => IggyConsumer.Of(name)) : Readers(backend))
            {
                var lag = await LagAsync(client, stream, report, consumer, cancellationToken).ConfigureAwait(false);
                if (consumers is { Count: > 0 } || lag.Partitions.Any(partition => partition.StoredOffset is not null))
                {
                    lags.Add(lag);
                }
            }

            foreach (var group in consumers is { Count: > 0 } ? [] : await client.GetGroupsAsync(stream, channel, cancellationToken).ConfigureAwait(false))
            {
                lags.Add(await LagAsync(client, stream, report, IggyConsumer.Group(group.Name), cancellationToken).ConfigureAwait(false));
            }

            return lags;
        });
    }

    public OutboxFeed WatchOutbox() => feeds.Watch();

    internal static ChannelException UnknownChannel(string channel) => new(ChannelFault.UnknownChannel, $"there is no channel '{channel}'");

    /// <summary>What a failed request means to who asked for a channel.</summary>
    internal static ChannelException Explain(Exception exception) => exception switch
    {
        IggyException { Failure: IggyFailure.Refused } refused => new ChannelException(ChannelFault.Refused, refused.Message, refused),
        ObjectDisposedException => new ChannelException(ChannelFault.Unavailable, "another server of durable messages took the place of the one that was asked", exception),
        _ => new ChannelException(ChannelFault.Unavailable, $"the server of durable messages does not answer: {exception.Message}", exception),
    };

    /// <summary>Offset of the next message. An empty partition says 0, and so does one with a single message.</summary>
    internal static ulong NextOffset(PartitionInfo partition) => partition is { Messages: 0, CurrentOffset: 0 } ? 0 : partition.CurrentOffset + 1;

    private static ChannelException NoServer() => new(ChannelFault.NoServer, "no server of durable messages is known");

    private static void CheckName(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name, what);
        if (System.Text.Encoding.UTF8.GetByteCount(name) is 0 or > IggyLimits.NameBytesMax)
        {
            throw new ArgumentException($"{what}: 1 to {IggyLimits.NameBytesMax} bytes of UTF-8 are needed");
        }
    }

    private static IEnumerable<IggyConsumer> Readers(IggyBackend backend)
        => backend.Members.SelectMany(member => new[] { DurableChannels.Reader(member), IggyConsumer.Of(StreamConsumerPrefix + member) });

    private static async Task<ChannelReport?> ReportAsync(IggyClient client, string stream, string channel, CancellationToken cancellationToken)
    {
        if (await client.GetTopicAsync(stream, channel, cancellationToken).ConfigureAwait(false) is not { } topic)
        {
            return null;
        }

        var partitions = new List<PartitionReport>(topic.Partitions.Count);
        foreach (var partition in topic.Partitions)
        {
            var next = NextOffset(partition);
            var first = partition.Messages == 0 ? next
                : partition.Messages == next ? 0
                : await FirstOffsetAsync(client, stream, channel, partition.Id, cancellationToken).ConfigureAwait(false) ?? next;
            partitions.Add(new PartitionReport((int)partition.Id, first, next, partition.Messages, partition.SizeBytes));
        }

        return new ChannelReport(channel, topic.Topic.Messages, topic.Topic.SizeBytes, partitions);
    }

    private static async Task<ulong?> FirstOffsetAsync(IggyClient client, string stream, string channel, uint partition, CancellationToken cancellationToken)
    {
        using var polled = await client.PollAsync(Replay.Reader, stream, channel, partition, PollingStrategy.First, 1, false, cancellationToken).ConfigureAwait(false);
        foreach (var message in polled)
        {
            return message.Offset;
        }

        return null;
    }

    private static async Task<ConsumerLag> LagAsync(IggyClient client, string stream, ChannelReport channel, IggyConsumer consumer, CancellationToken cancellationToken)
    {
        var partitions = new List<PartitionLag>(channel.Partitions.Count);
        foreach (var partition in channel.Partitions)
        {
            var stored = await client.GetOffsetAsync(consumer, stream, channel.Name, (uint)partition.Partition, cancellationToken).ConfigureAwait(false);
            var from = Math.Clamp(stored?.StoredOffset + 1 ?? 0, partition.FirstOffset, partition.NextOffset);
            partitions.Add(new PartitionLag(partition.Partition, stored?.StoredOffset, partition.NextOffset, partition.NextOffset - from));
        }

        return new ConsumerLag(consumer.Id.Name!, consumer.IsGroup, partitions.Aggregate(0ul, (sum, partition) => sum + partition.Lag), partitions);
    }

    private async Task<T> Ask<T>(Func<IggyBackend, IggyClient, Task<T>> question)
    {
        var backend = find() ?? throw NoServer();
        var client = backend.Link.Client ?? throw NoServer();
        try
        {
            return await question(backend, client.WithTimeout(backend.Patience)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
        {
            throw Explain(exception);
        }
    }
}
