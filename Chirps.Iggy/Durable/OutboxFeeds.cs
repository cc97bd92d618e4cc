namespace Chirps.Iggy.Durable;

/// <summary>Passes what becomes of queued messages on to the watchers.</summary>
internal sealed class OutboxFeeds
{
    private readonly Lock _writing = new();
    private OutboxFeed[] _feeds = [];
    private bool _isClosed;

    public OutboxFeed Watch()
    {
        var feed = new OutboxFeed(Remove);
        lock (_writing)
        {
            _feeds = [.. _feeds, feed];
            if (!_isClosed)
            {
                return feed;
            }
        }

        feed.Dispose();
        return feed;
    }

    public void Post(OutboxChange change)
    {
        lock (_writing)
        {
            foreach (var feed in _feeds)
            {
                feed.Post(change);
            }
        }
    }

    /// <summary>Ends all feeds.</summary>
    public void Close()
    {
        OutboxFeed[] feeds;
        lock (_writing)
        {
            _isClosed = true;
            feeds = _feeds;
        }

        Array.ForEach(feeds, feed => feed.Dispose());
    }

    private void Remove(OutboxFeed feed)
    {
        lock (_writing)
        {
            _feeds = [.. _feeds.Where(other => other != feed)];
        }
    }
}
