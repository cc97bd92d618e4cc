using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace Orleans.Providers.Streams.Common;

public class SimpleQueueAdapterCache(SimpleQueueCacheOptions options, string providerName, ILoggerFactory loggerFactory) : IQueueAdapterCache
{
    public IQueueCache CreateQueueCache(QueueId queueId) => new SimpleQueueCache(options.CacheSize, loggerFactory.CreateLogger($"{typeof(SimpleQueueCache).FullName}.{providerName}.{queueId}"));
}

/// <summary>
/// A bounded list of batches in queue order. Batches leave a tenth of the cache at a time, when every consumer that
/// still reads is past them, and all at once when none reads: a subscription can start at an earlier token only while another lags.
/// </summary>
public class SimpleQueueCache : IQueueCache
{
    private readonly List<IBatchContainer> _items = [];
    private readonly HashSet<SimpleQueueCacheCursor> _cursors = [];
    private readonly int _size;
    private readonly int _bucket;
    private long _first;

    public SimpleQueueCache(int cacheSize, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cacheSize, 1);
        ArgumentNullException.ThrowIfNull(logger);
        (_size, _bucket) = (cacheSize, Math.Max(cacheSize / 10, 1));
    }

    public int Size => _items.Count;

    internal long End => _first + _items.Count;

    public virtual int GetMaxAddCount() => _bucket;

    public virtual bool IsUnderPressure() => _items.Count + _bucket > _size;

    public virtual void AddToCache(IList<IBatchContainer> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        _items.AddRange(messages);
    }

    public virtual bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        var reading = _cursors.Where(static cursor => cursor.Reading).Select(static cursor => cursor.Position).ToList();
        var end = reading.Count == 0 ? End : reading.Min() / _bucket * _bucket;
        var count = (int)(end - _first);
        if (count <= 0)
        {
            purgedItems = [];
            return false;
        }

        purgedItems = _items.GetRange(0, count);
        _items.RemoveRange(0, count);
        _first += count;
        return true;
    }

    public virtual IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        SimpleQueueCacheCursor cursor = new(this, streamId, token, PositionOf(token));
        _ = _cursors.Add(cursor);
        return cursor;
    }

    internal void Forget(SimpleQueueCacheCursor cursor) => _cursors.Remove(cursor);

    internal IBatchContainer? At(ref long position)
    {
        position = Math.Max(position, _first);
        return position < End ? _items[(int)(position - _first)] : null;
    }

    private long PositionOf(StreamSequenceToken? token)
    {
        if (_items.Count == 0)
        {
            return End;
        }

        if (token is null)
        {
            return End - 1;
        }

        if (token.SequenceNumber < _items[0].SequenceToken.SequenceNumber)
        {
            throw new QueueCacheMissException(token, _items[0].SequenceToken, _items[^1].SequenceToken);
        }

        var index = _items.FindIndex(item => item.SequenceToken.SequenceNumber >= token.SequenceNumber);
        return index < 0 ? End : _first + index;
    }
}

/// <summary>One consumer's place in a <see cref="SimpleQueueCache"/>. Idle, it holds nothing back.</summary>
public class SimpleQueueCacheCursor : IQueueCacheCursor
{
    private readonly SimpleQueueCache _cache;
    private readonly StreamId _stream;
    private readonly StreamSequenceToken? _from;
    private IBatchContainer? _current;
    private long _position;

    internal SimpleQueueCacheCursor(SimpleQueueCache cache, StreamId stream, StreamSequenceToken? from, long position)
        => (_cache, _stream, _from, _position, Reading) = (cache, stream, from, position, position < cache.End);

    /// <summary>The next batch to look at; the current one, while it is being delivered, is the one before.</summary>
    internal long Position => _current is null ? _position : _position - 1;

    internal bool Reading { get; private set; }

    public virtual IBatchContainer GetCurrent(out Exception exception)
    {
        exception = null!;
        return _current!;
    }

    public virtual bool MoveNext()
    {
        while (_cache.At(ref _position) is { } item)
        {
            _position++;
            if (item.StreamId.Equals(_stream) && (_from is null || item.SequenceToken.SequenceNumber >= _from.SequenceNumber))
            {
                _current = item;
                return Reading = true;
            }
        }

        _current = null;
        return Reading = false;
    }

    public virtual void Refresh(StreamSequenceToken token) => Reading = true;

    public virtual void RecordDeliveryFailure()
    {
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _cache.Forget(this);
}
