using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Channels;

/// <content>Asks the server. Runs in one task; what it keeps is its own.</content>
public sealed partial class ChannelFeed
{
    private static readonly IggyConsumer _poller = IggyConsumer.Of("chirps.reader");

    private volatile ulong[]? _begin;
    private ulong[] _next = [];
    private ulong[] _ends = [];
    private long[] _sizes = [];
    private long _behind;

    private async Task ReadAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_server.Client is not { } client || !await ReadAsync(client, _stopping.Token).ConfigureAwait(false))
                {
                    await Task.Delay(_options.PollInterval, _stopping.Token).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IggyException or ObjectDisposedException)
            {
                // A lost server, or one that is replaced by another: tried again until the feed is stopped.
                await Task.Delay(_options.PollInterval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Looks at the channel, and reads what is there.</summary>
    /// <returns>Whether there was anything.</returns>
    private async Task<bool> ReadAsync(IggyClient client, CancellationToken cancellationToken)
    {
        if (await client.GetTopicAsync(_server.Stream, _channel, cancellationToken).ConfigureAwait(false) is not { } topic)
        {
            return false;
        }

        if (_begin is null)
        {
            _next = await _start.ResolveAsync(client, _server.Stream, _channel, [.. topic.Partitions.Select(ChannelStart.EndOf)], cancellationToken).ConfigureAwait(false);
            _begin = [.. _next];
        }

        await LookAsync(client, topic.Partitions, cancellationToken).ConfigureAwait(false);
        var any = false;
        while (await ReadRoundAsync(client, cancellationToken).ConfigureAwait(false))
        {
            any = true;
        }

        return any || AddVanished(topic.Partitions);
    }

    private async Task LookAsync(IggyClient client, IReadOnlyList<PartitionInfo> partitions, CancellationToken cancellationToken)
    {
        if (_next.Length < partitions.Count)
        {
            // Everything in a partition that was added is newer than the place to begin at.
            Array.Resize(ref _next, partitions.Count);
        }

        Array.Resize(ref _ends, _next.Length);
        Array.Resize(ref _sizes, _next.Length);
        for (var index = 0; index < partitions.Count; index++)
        {
            var partition = partitions[index];
            _ends[index] = ChannelStart.EndOf(partition);
            _sizes[index] = (long)(partition.SizeBytes / Math.Max(1, partition.Messages)) + 1;
            if (_next[index] > _ends[index])
            {
                // Purged, and counted from 0 again; or the server is another one.
                var first = await ChannelStart.FirstAsync(client, _server.Stream, _channel, (uint)index, _ends[index], cancellationToken).ConfigureAwait(false);
                Add([Gap(index, first)]);
            }
        }

        Count();
    }

    /// <summary>One poll of each partition that has more.</summary>
    private async Task<bool> ReadRoundAsync(IggyClient client, CancellationToken cancellationToken)
    {
        var any = false;
        for (var index = 0; index < _next.Length; index++)
        {
            any |= _ends[index] > _next[index] && await PollAsync(client, index, cancellationToken).ConfigureAwait(false);
        }

        Count();
        return any;
    }

    private async Task<bool> PollAsync(IggyClient client, int partition, CancellationToken cancellationToken)
    {
        var (room, bytes) = await RoomAsync(cancellationToken).ConfigureAwait(false);
        var count = (int)Math.Clamp(bytes / _sizes[partition], 1, Math.Min(room, _options.BatchMax));
        using var polled = await client.PollAsync(
            _poller, _server.Stream, _channel, (uint)partition, PollingStrategy.FromOffset(_next[partition]), count, false, cancellationToken).ConfigureAwait(false);
        var items = new List<ChannelItem>(polled.Count);
        foreach (var message in polled)
        {
            if (items.Count > 0 && bytes <= 0)
            {
                break;
            }

            if (message.Offset > _next[partition])
            {
                items.Add(Gap(partition, message.Offset));
            }

            items.Add(Item(partition, message));
            bytes -= message.Payload.Length;
        }

        if (polled.Count > 0)
        {
            _ends[partition] = Math.Max(_next[partition], polled.CurrentOffset + 1);
        }

        Add(items);
        return items.Count > 0;
    }

    /// <summary>Passes over what is not retained any more where nothing newer is there either.</summary>
    private bool AddVanished(IReadOnlyList<PartitionInfo> partitions)
    {
        var gaps = new List<ChannelItem>();
        for (var index = 0; index < partitions.Count; index++)
        {
            if (partitions[index].Messages == 0 && _next[index] < _ends[index])
            {
                gaps.Add(Gap(index, _ends[index]));
            }
        }

        Add(gaps);
        return gaps.Count > 0;
    }

    private ChannelItem Item(int partition, MessageView message)
    {
        _ = DurableCodec.TryRead(message.UserHeaders, out var header, out _);
        _ = DeadLetterHeaders.TryRead(message.UserHeaders, out var dead);
        _next[partition] = message.Offset + 1;
        return new ChannelItem(partition, message.Offset, IggyTime.ToInstant(message.BrokerMicroseconds), header, message.Payload.ToArray(), [.. _next], Dead: dead);
    }

    private ChannelItem Gap(int partition, ulong first)
    {
        var gap = new ChannelGap(partition, _next[partition], first, Math.Max(_ends[partition], first));
        _next[partition] = first;
        return new ChannelItem(partition, first, default, default, [], [.. _next], gap);
    }

    private void Count()
    {
        var behind = 0L;
        for (var index = 0; index < _next.Length; index++)
        {
            behind += (long)(_ends[index] - Math.Min(_ends[index], _next[index]));
        }

        _ = Interlocked.Exchange(ref _behind, behind);
    }
}
