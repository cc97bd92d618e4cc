using System.Threading.Channels;

namespace Chirps.Iggy.Durable;

/// <summary>One watcher's bounded queue of what becomes of queued messages. When it is full the newest are lost, and the next one says so.</summary>
public sealed class OutboxFeed : IDisposable
{
    private const int Capacity = 4096;

    private readonly Channel<OutboxChange> _queue = Channel.CreateBounded<OutboxChange>(new BoundedChannelOptions(Capacity) { SingleWriter = true });
    private readonly Action<OutboxFeed> _remove;
    private bool _missed;

    internal OutboxFeed(Action<OutboxFeed> remove) => _remove = remove;

    /// <summary>The changes, in order. Ends when the node stops.</summary>
    public ChannelReader<OutboxChange> Changes => _queue.Reader;

    /// <summary>Ends the feed; what waits can be read.</summary>
    public void Dispose()
    {
        _remove(this);
        _queue.Writer.TryComplete();
    }

    /// <summary>Called by one thread at a time.</summary>
    internal void Post(OutboxChange change) => _missed = !_queue.Writer.TryWrite(change with { Missed = _missed });
}
