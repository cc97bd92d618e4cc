using System.Collections.Concurrent;
using Chirps.Iggy.Channels;
using Chirps.Iggy.Client;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Holds no messages: each cursor reads the server itself, a bounded number ahead. Knows the cursors of one queue, and where its channels end.</summary>
/// <remarks>Orleans calls from one thread at a time; feeds and the receiver's watch from others.</remarks>
internal sealed class DurableCache(DurableStreamOptions options, DurableStreamMetrics metrics) : IQueueCache
{
    private readonly Lock _gate = new();
    private readonly HashSet<DurableCursor> _cursors = [];
    private readonly Dictionary<StreamId, Queue<(ChannelStart Start, string? Name)>> _goOn = [];
    private readonly Dictionary<StreamId, ulong[]> _tails = [];
    private readonly Dictionary<StreamId, DurableToken> _news = [];
    private readonly Dictionary<(StreamId Stream, string Name), ulong[]> _left = [];
    private readonly ConcurrentDictionary<ChannelFeed, bool> _feeds = new();
    private readonly List<Task> _ending = [];
    private readonly ConcurrentDictionary<DurableToken, DeadLetterReason> _failed = new(ReferenceEqualityComparer.Instance);
    private TaskCompletionSource _newsCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IggyClient? _looked;
    private volatile bool _isStopped;

    public DurableStreamOptions Options { get; } = options;

    public DurableStreamMetrics Metrics { get; } = metrics;

    /// <summary>Whether it is known which channels a server has, and so where subscriptions made before begin.</summary>
    public bool HasLooked(IggyClient client) => _looked == client || _isStopped;

    /// <summary>Whether nothing is delivered any more.</summary>
    public bool IsStopped => _isStopped;

    private string Reader => Options.Reader ?? $"chirps.stream.{Options.Node()}";

    public int GetMaxAddCount() => int.MaxValue;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        // News only: the cursors read the messages.
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        lock (_gate)
        {
            var (start, name) = token is null && _goOn.TryGetValue(streamId, out var waiting) && waiting.TryDequeue(out var next) ? next : Begin(streamId, token);
            var cursor = new DurableCursor(this, streamId, start, name);
            _ = _cursors.Add(cursor);
            return cursor;
        }
    }

    /// <summary>Says where the next cursor of a stream that is asked for without a token goes on.</summary>
    public void GoOnAt(StreamId stream, ChannelStart start, string? name)
    {
        Metrics.GapMet();
        lock (_gate)
        {
            if (!_goOn.TryGetValue(stream, out var waiting))
            {
                _goOn[stream] = waiting = new();
            }

            waiting.Enqueue((start, name));
        }
    }

    /// <summary>Begins to read for a cursor.</summary>
    public ChannelFeed? Open(StreamId stream, ChannelStart start)
    {
        if (_isStopped)
        {
            return null;
        }

        var feed = new ChannelFeed(Options.Server, stream.GetKeyAsString()!, start, Options.Reading, () => Announce(stream));
        _feeds[feed] = true;
        Metrics.ReaderStarted();
        return feed;
    }

    /// <summary>Ends reading; does not wait for it.</summary>
    public void Close(ChannelFeed feed)
    {
        if (_feeds.TryRemove(feed, out _))
        {
            feed.Stop();
            lock (_gate)
            {
                _ = _ending.RemoveAll(static ending => ending.IsCompleted);
                _ending.Add(EndAsync(feed));
            }
        }
    }

    /// <summary>Takes a cursor away; its progress is still to be stored.</summary>
    public void Forget(DurableCursor cursor)
    {
        lock (_gate)
        {
            if (_cursors.Remove(cursor) && cursor is { Name: { } name, Done: { } done })
            {
                _left[(cursor.Stream, name)] = done;
            }
        }
    }

    /// <summary>Keeps what became of the last attempt to deliver a message that is given up.</summary>
    public void Failed(DurableBatch batch) => _failed[batch.Token] = batch.Outcome;

    /// <summary>Why a message was given up.</summary>
    public DeadLetterReason ReasonOf(DurableToken token) => _failed.TryRemove(token, out var reason) ? reason : DeadLetterReason.Failed;

    /// <summary>Notes where a channel that was found ends, and the news that it exists. Subscriptions made before, without a token, begin where the node's former ones ended, or else there.</summary>
    public void Found(StreamId stream, ulong[] begin, ulong[] end)
    {
        lock (_gate)
        {
            _tails[stream] = end;
            AddNews(stream, DurableToken.Resume(Reader, begin));
        }
    }

    /// <summary>Notes where a channel ends now. The news say where it ended before: who subscribes without a token because of them, or meanwhile, begins there.</summary>
    public void Moved(StreamId stream, ulong[] end)
    {
        lock (_gate)
        {
            AddNews(stream, Now(stream));
            _tails[stream] = end;
        }
    }

    /// <summary>Notes that all channels of a server were gone through.</summary>
    public void Looked(IggyClient client) => _looked = client;

    /// <summary>Notes that a stream has something to deliver, or may have subscribers that Orleans has to be asked for.</summary>
    public void Announce(StreamId stream)
    {
        lock (_gate)
        {
            AddNews(stream, Now(stream));
        }
    }

    /// <summary>Announces the streams whose cursors have something to deliver, and on request those that have none.</summary>
    public void Remind(bool idle)
    {
        lock (_gate)
        {
            foreach (var stream in _cursors.Where(static cursor => cursor.IsReady).Select(static cursor => cursor.Stream))
            {
                AddNews(stream, Now(stream));
            }

            if (idle)
            {
                var read = _cursors.Select(static cursor => cursor.Stream).ToHashSet();
                foreach (var stream in _tails.Keys.Where(stream => !read.Contains(stream)))
                {
                    AddNews(stream, Now(stream));
                }
            }
        }
    }

    /// <summary>Ends when there are news, or no more will be.</summary>
    public Task NewsCame
    {
        get
        {
            lock (_gate)
            {
                return _newsCame.Task;
            }
        }
    }

    /// <summary>The news since the last call.</summary>
    public IList<IBatchContainer> TakeNews()
    {
        lock (_gate)
        {
            IBatchContainer[] taken = [.. _news.Select(static news => DurableBatch.News(news.Key, news.Value))];
            _news.Clear();
            _newsCame = _newsCame.Task.IsCompleted && !_isStopped ? new(TaskCreationOptions.RunContinuationsAsynchronously) : _newsCame;
            return taken;
        }
    }

    /// <summary>What is delivered, per stream and name; of several subscriptions under one name, the least.</summary>
    public List<(StreamId Stream, string Name, ulong[] Done)> Progress()
    {
        lock (_gate)
        {
            var named = _cursors.Where(static cursor => cursor.Name is not null).ToLookup(static cursor => (cursor.Stream, cursor.Name!));
            List<(StreamId, string, ulong[])> progress = [.. _left
                .Where(left => !named.Contains(left.Key))
                .Select(static left => (left.Key.Stream, left.Key.Name, left.Value))];
            _left.Clear();
            foreach (var group in named)
            {
                if (group.Select(static cursor => cursor.Done).ToList() is var done && done.TrueForAll(static positions => positions is not null))
                {
                    progress.Add((group.Key.Stream, group.Key.Item2, done.Select(static positions => positions!).Aggregate(Least)));
                }
            }

            return progress;
        }
    }

    /// <summary>Messages that are stored and not delivered yet, over all subscriptions.</summary>
    public long Lag()
    {
        lock (_gate)
        {
            return _cursors.Sum(static cursor => cursor.Lag);
        }
    }

    /// <summary>Delivers nothing more. Any thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _newsCame.TrySetResult();
        }
    }

    /// <summary>Ends all reading, and waits for it.</summary>
    public Task EndAsync()
    {
        Stop();
        foreach (var (feed, _) in _feeds)
        {
            Close(feed);
        }

        lock (_gate)
        {
            return Task.WhenAll(_ending);
        }
    }

    private void AddNews(StreamId stream, DurableToken token)
    {
        if (_news.TryAdd(stream, token))
        {
            _newsCame.TrySetResult();
        }
    }

    private static ulong[] Least(ulong[] left, ulong[] right) => [.. left.Zip(right, Math.Min)];

    private async Task EndAsync(ChannelFeed feed)
    {
        await feed.DisposeAsync();
        Metrics.ReaderEnded();
    }

    private DurableToken Now(StreamId stream) => DurableToken.Behind(_tails.GetValueOrDefault(stream, []), Reader);

    private (ChannelStart Start, string? Name) Begin(StreamId stream, StreamSequenceToken? token) => token switch
    {
        null => (Start(Now(stream)), Reader),
        DurableToken durable => (Start(durable), durable.Reader),
        _ => throw new ArgumentException($"Subscriptions to durable streams begin at a {nameof(DurableToken)}, not at a {token.GetType()}.", nameof(token)),
    };

    private static ChannelStart Start(DurableToken token) => token.Kind switch
    {
        DurableTokenKind.Instant => new() { Instant = token.From },
        DurableTokenKind.Offset => new() { Message = (token.EventIndex, token.Offset) },
        DurableTokenKind.Resume => new() { Reader = token.Reader, Positions = token.Positions.Length > 0 ? token.Positions : null },
        DurableTokenKind.Delivered => new() { Positions = At(token) },
        DurableTokenKind.Behind => new() { Positions = token.Positions },
        _ => new(),
    };

    /// <summary>The place of the message itself: its positions are those behind it.</summary>
    private static ulong[] At(DurableToken token)
    {
        ulong[] positions = [.. token.Positions];
        positions[token.EventIndex] = token.Offset;
        return positions;
    }
}
