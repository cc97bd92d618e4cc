using System.Threading.Channels;
using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>One watcher's bounded queue of changes of key-values. When it is full the newest are lost, and the next one says so.</summary>
public sealed class StateFeed : IDisposable
{
    private readonly Channel<StateRecord> _queue;
    private readonly string? _prefix;
    private readonly Action<StateFeed> _remove;
    private bool _missed;

    internal StateFeed(string? prefix, int capacity, Action<StateFeed> remove)
    {
        _prefix = prefix;
        _remove = remove;
        _queue = Channel.CreateBounded<StateRecord>(new BoundedChannelOptions(capacity) { SingleWriter = true });
    }

    /// <summary>The changes, in order.</summary>
    public ChannelReader<StateRecord> Changes => _queue.Reader;

    /// <summary>Ends the feed; what waits can be read.</summary>
    public void Dispose()
    {
        _remove(this);
        _queue.Writer.TryComplete();
    }

    /// <summary>Called by the protocol loop only.</summary>
    internal void Post(StateChange change, DateTimeOffset at)
    {
        if (_prefix is null || change.TryMatch(_prefix, out _))
        {
            _missed = !_queue.Writer.TryWrite(new StateRecord(change, at, _missed));
        }
    }
}
