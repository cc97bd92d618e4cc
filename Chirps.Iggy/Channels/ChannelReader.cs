using System.Collections.Concurrent;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Channels;

/// <summary>
/// Reads one channel from some place on, ahead of who takes: at most as many messages as the options say wait here. In order per
/// partition. A lost server is waited for. Taking: one thread at a time.
/// </summary>
public sealed class ChannelReader : IAsyncDisposable
{
    private static readonly IggyConsumer _poller = IggyConsumer.Of("chirps.reader");

    private readonly IChannelServer _server;
    private readonly string _channel;
    private readonly ChannelStart _start;
    private readonly ChannelReaderOptions _options;
    private readonly Action? _ready;
    private readonly ConcurrentQueue<ChannelItem> _items = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _space;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;
    private ulong?[] _next = [];
    private bool _resolved;

    /// <summary>Begins to read.</summary>
    /// <param name="server">The server.</param>
    /// <param name="channel">The channel; it need not exist yet.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="options">Limits and pauses.</param>
    /// <param name="ready">Called, from any thread, when there is something to take.</param>
    public ChannelReader(IChannelServer server, string channel, ChannelStart start, ChannelReaderOptions options, Action? ready = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _server = server;
        _channel = channel;
        _start = start;
        _options = options;
        _ready = ready;
        _space = new SemaphoreSlim(options.ReadAhead);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>How many messages wait here.</summary>
    public int Waiting => _items.Count;

    /// <summary>Takes the next message or gap, if there is one.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ChannelItem? item)
    {
        if (!_items.TryDequeue(out item))
        {
            return false;
        }

        _ = _space.Release();
        return true;
    }

    /// <summary>Takes the next message or gap, and waits for it.</summary>
    public async ValueTask<ChannelItem> TakeAsync(CancellationToken cancellationToken = default)
    {
        ChannelItem? item;
        while (!TryTake(out item))
        {
            await _arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return item;
    }

    /// <summary>Ends the reading; does not wait for a request under way.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_server.Client is not { } client || !await ReadOnceAsync(client, _stopping.Token).ConfigureAwait(false))
                {
                    await Task.Delay(_options.PollInterval, _stopping.Token).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IggyException or ObjectDisposedException)
            {
                // A lost server, or one that is replaced by another: tried again until the reader is stopped.
                await Task.Delay(_options.PollInterval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Whether there may be more at once.</returns>
    private async Task<bool> ReadOnceAsync(IggyClient client, CancellationToken cancellationToken)
    {
        if (await client.GetTopicAsync(_server.Stream, _channel, cancellationToken).ConfigureAwait(false) is not { } topic)
        {
            return false;
        }

        if (!_resolved)
        {
            _next = await _start.ResolveAsync(client, _server.Stream, _channel, topic.Partitions.Count, cancellationToken).ConfigureAwait(false);
            _resolved = true;
        }

        if (_next.Length < topic.Partitions.Count)
        {
            Array.Resize(ref _next, topic.Partitions.Count);
        }

        var any = false;
        for (var i = 0; i < topic.Partitions.Count; i++)
        {
            var partition = topic.Partitions[i];
            var end = partition.Messages == 0 && partition.CurrentOffset == 0 ? 0 : partition.CurrentOffset + 1;
            if (_next[i] > end)
            {
                Add(new ChannelGap(i, _next[i]!.Value, 0, end));
            }

            if (end > (_next[i] ?? 0))
            {
                any |= await PollAsync(client, i, end, cancellationToken).ConfigureAwait(false);
            }
        }

        return any;
    }

    private async Task<bool> PollAsync(IggyClient client, int partition, ulong end, CancellationToken cancellationToken)
    {
        var strategy = _next[partition] is { } next ? PollingStrategy.FromOffset(next) : PollingStrategy.First;
        var count = await ReserveAsync(cancellationToken).ConfigureAwait(false);
        var taken = 0;
        try
        {
            using var polled = await client.PollAsync(_poller, _server.Stream, _channel, (uint)partition, strategy, count, false, cancellationToken).ConfigureAwait(false);
            foreach (var message in polled)
            {
                if (_next[partition] is { } wanted && message.Offset > wanted)
                {
                    Add(new ChannelGap(partition, wanted, message.Offset, Math.Max(end, message.Offset + 1)));
                }

                Add(partition, message);
                taken++;
            }
        }
        finally
        {
            if (taken < count)
            {
                _ = _space.Release(count - taken);
            }
        }

        return taken > 0;
    }

    /// <summary>Waits for room for one message, and takes room for as many as there is.</summary>
    private async Task<int> ReserveAsync(CancellationToken cancellationToken)
    {
        await _space.WaitAsync(cancellationToken).ConfigureAwait(false);
        var count = 1;
        while (count < _options.BatchMax && _space.Wait(0, CancellationToken.None))
        {
            count++;
        }

        return count;
    }

    private void Add(int partition, MessageView message)
    {
        _ = DurableCodec.TryRead(message.UserHeaders, out var header, out _);
        _next[partition] = message.Offset + 1;
        Add(new ChannelItem(partition, message.Offset, IggyTime.ToInstant(message.BrokerMicroseconds), header, message.Payload.ToArray(), Positions()));
    }

    private void Add(ChannelGap gap)
    {
        // A gap is rare and small: it may exceed the room by one, which the semaphore has no upper bound against.
        _next[gap.Partition] = gap.First;
        Add(new ChannelItem(gap.Partition, gap.First, default, default, [], Positions(), gap));
    }

    private void Add(ChannelItem item)
    {
        if (item.Gap is not null)
        {
            _ = _space.Wait(0);
        }

        _items.Enqueue(item);
        _ = _arrived.Release();
        _ready?.Invoke();
    }

    private ulong[] Positions() => Array.ConvertAll(_next, static position => position ?? 0);
}
