using Chirps.Iggy.Channels;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>One subscription's place in a channel: reads from the server by itself, so that subscribers neither wait for nor hold back each other.</summary>
internal sealed class DurableCursor : IQueueCacheCursor
{
    private readonly DurableCache _cache;
    private readonly ChannelReader _reader;
    private DurableBatch? _current;

    public DurableCursor(DurableCache cache, StreamId stream, ChannelStart start, string? name)
    {
        _cache = cache;
        Stream = stream;
        Name = name;
        _reader = new ChannelReader(cache.Options.Server, stream.GetKeyAsString()!, start, cache.Options.Reading, () => cache.Ready(stream));
    }

    public StreamId Stream { get; }

    /// <summary>Under which name progress is kept; none when it is not.</summary>
    public string? Name { get; }

    /// <summary>The offset behind what is delivered, per partition; none before the first message.</summary>
    public ulong[]? Done { get; private set; }

    public bool MoveNext()
    {
        if (_current is { } delivered)
        {
            Done = delivered.Token.Positions;
            _current = null;
        }

        if (!_reader.TryTake(out var item))
        {
            return false;
        }

        if (item.Gap is { } gap)
        {
            // Orleans tells the subscriber, disposes of this cursor and at once asks for one without a token: that one goes on here.
            _cache.GoOnAt(Stream, new ChannelStart { Positions = item.Positions }, Name);
            throw new DurableGapException(gap.Partition, gap.Wanted, gap.First, gap.End);
        }

        _current = DurableBatch.Of(Stream, item, Name);
        return true;
    }

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    public void Refresh(StreamSequenceToken token)
    {
    }

    public void RecordDeliveryFailure()
    {
    }

    public void Dispose()
    {
        _cache.Forget(this);
        _reader.Stop();
    }
}
