using Chirps.Iggy.Channels;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>One subscription's place in a channel: reads from the server by itself, so that subscribers neither wait for nor hold back each other.</summary>
/// <remarks>
/// Reading begins with the first <see cref="MoveNext"/>, which never finds anything. Orleans makes cursors that it only holds for a while, and
/// it moves cursors that it makes behind a delivered message by one, to pass over a message that in this case is not there.
/// </remarks>
internal sealed class DurableCursor(DurableCache cache, StreamId stream, ChannelStart start, string? name) : IQueueCacheCursor
{
    private ChannelFeed? _feed;
    private DurableBatch? _current;
    private volatile ulong[]? _done;

    public StreamId Stream { get; } = stream;

    /// <summary>Under which name progress is kept; none when it is not.</summary>
    public string? Name { get; } = name;

    /// <summary>The offset behind what is delivered, per partition; at first, where reading began; none before that is known.</summary>
    public ulong[]? Done => _done ?? _feed?.Begin;

    /// <summary>Whether there is something to deliver.</summary>
    public bool IsReady => _feed is { Waiting: > 0 };

    /// <summary>Messages that are stored and not delivered yet.</summary>
    public long Lag => _feed?.Lag ?? 0;

    public bool MoveNext()
    {
        if (_current is { } delivered)
        {
            _done = delivered.Token.Positions;
            _current = null;
            cache.Metrics.Delivered();
        }

        if (_feed is not { } feed)
        {
            _feed = cache.Open(Stream, start);
            return false;
        }

        if (cache.IsStopped || !feed.TryTake(out var item))
        {
            return false;
        }

        if (item.Gap is { } gap)
        {
            // Orleans disposes of this cursor and in the same turn asks for one without a token, which goes on here; then it tells the subscriber.
            cache.GoOnAt(Stream, new ChannelStart { Positions = item.Positions }, Name);
            throw new DurableGapException(gap.Partition, gap.Wanted, gap.First, gap.End);
        }

        _current = DurableBatch.Of(Stream, item, Name);
        return true;
    }

    public IBatchContainer GetCurrent(out Exception exception)
    {
        exception = null!;
        return _current!;
    }

    public void Refresh(StreamSequenceToken token)
    {
        // It looks for messages by itself.
    }

    public void RecordDeliveryFailure()
    {
        if (_current is { } batch)
        {
            cache.Failed(batch);
        }
    }

    public void Dispose()
    {
        cache.Forget(this);
        if (_feed is { } feed)
        {
            cache.Close(feed);
        }
    }
}
