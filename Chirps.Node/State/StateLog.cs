using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>Passes changes of key-values on to the watchers, and publishes everybody's as they are now.</summary>
internal sealed class StateLog(int feedCapacity)
{
    private readonly Lock _writing = new();
    private volatile StateFeed[] _feeds = [];
    private ulong _last;

    /// <summary>The key-values of every node that has some, as of the last change. Called by the protocol loop, read by anybody.</summary>
    public IReadOnlyList<NodeStateView> Current { get; private set; } = [];

    public StateFeed Watch(string? prefix)
    {
        var feed = new StateFeed(prefix, feedCapacity, Remove);
        lock (_writing)
        {
            _feeds = [.. _feeds, feed];
        }

        return feed;
    }

    /// <summary>Publishes the picture; its changes follow, so that a watcher that reads it on a change finds at least that change in it.</summary>
    public void Publish(IReadOnlyList<NodeStateView> current) => Current = current;

    /// <summary>Passes one change on.</summary>
    /// <returns>How many changes were lost before it because nobody took them in time.</returns>
    public ulong Append(StateChange change, DateTimeOffset at)
    {
        var lost = change.Number - _last - 1;
        _last = change.Number;
        foreach (var feed in _feeds)
        {
            feed.Post(change, at);
        }

        return lost;
    }

    public void Close()
    {
        foreach (var feed in _feeds)
        {
            feed.Dispose();
        }
    }

    private void Remove(StateFeed feed)
    {
        lock (_writing)
        {
            _feeds = [.. _feeds.Where(other => other != feed)];
        }
    }
}
