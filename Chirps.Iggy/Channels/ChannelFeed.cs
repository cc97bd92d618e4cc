using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Channels;

/// <summary>
/// Reads one channel from some place on, ahead of who takes: as many messages and bytes as the options say wait here. In order per
/// partition. A lost server is waited for, also one that nobody knows yet. Taking: one thread at a time.
/// </summary>
public sealed partial class ChannelFeed : IAsyncDisposable
{
    private readonly IChannelServer _server;
    private readonly string _channel;
    private readonly ChannelStart _start;
    private readonly ChannelFeedOptions _options;
    private readonly Action? _ready;
    private readonly Lock _gate = new();
    private readonly Queue<ChannelItem> _items = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _reading;
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _room;
    private long _waitingBytes;

    /// <summary>Begins to read.</summary>
    /// <param name="server">The server.</param>
    /// <param name="channel">The channel; it need not exist yet.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="options">Limits and pauses.</param>
    /// <param name="ready">Called, from any thread, when there is something to take and was not before.</param>
    public ChannelFeed(IChannelServer server, string channel, ChannelStart start, ChannelFeedOptions options, Action? ready = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReadAhead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReadAheadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchMax, 1);
        _server = server;
        _channel = channel;
        _start = start;
        _options = options;
        _ready = ready;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>How many messages and gaps wait here.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>How many bytes of payload wait here.</summary>
    public long WaitingBytes => Interlocked.Read(ref _waitingBytes);

    /// <summary>Messages that are stored and not taken yet, as far as the server was asked.</summary>
    public long Lag => Waiting + Interlocked.Read(ref _behind);

    /// <summary>The offset it began with in each partition; <see langword="null"/> before the server has told. Not to be changed.</summary>
    public ulong[]? Begin => _begin;

    /// <summary>Takes the next message or gap, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out ChannelItem? item)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            if (!_items.TryDequeue(out item))
            {
                return false;
            }

            _ = Interlocked.Add(ref _waitingBytes, -item.Payload.Length);

            // Half of the room is waited for, lest each message taken asks the server for one.
            if (_items.Count <= _options.ReadAhead / 2 && _waitingBytes <= _options.ReadAheadBytes / 2)
            {
                (room, _room) = (_room, null);
            }
        }

        _ = room?.TrySetResult();
        return true;
    }

    /// <summary>Takes the next message or gap, and waits for it.</summary>
    public async ValueTask<ChannelItem> TakeAsync(CancellationToken cancellationToken = default)
    {
        ChannelItem? item;
        while (!TryTake(out item))
        {
            await ArrivalAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return item;
    }

    /// <summary>Ends the reading; does not wait for a request under way. What waits here can still be taken.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
    }

    private Task ArrivalAsync()
    {
        lock (_gate)
        {
            return _items.Count > 0 ? Task.CompletedTask : (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Waits for room, and says how much there is.</summary>
    private async Task<(int Messages, long Bytes)> RoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                var (messages, bytes) = (_options.ReadAhead - _items.Count, _options.ReadAheadBytes - _waitingBytes);
                if (messages > 0 && bytes > 0)
                {
                    return (messages, bytes);
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Add(List<ChannelItem> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        TaskCompletionSource? arrival;
        bool isFirst;
        lock (_gate)
        {
            isFirst = _items.Count == 0;
            foreach (var item in items)
            {
                _items.Enqueue(item);
                _ = Interlocked.Add(ref _waitingBytes, item.Payload.Length);
            }

            (arrival, _arrival) = (_arrival, null);
        }

        _ = arrival?.TrySetResult();
        if (isFirst)
        {
            _ready?.Invoke();
        }
    }
}
