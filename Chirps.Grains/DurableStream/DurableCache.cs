using System.Collections.Concurrent;
using Chirps.Iggy.Channels;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Holds no messages: each cursor reads the server itself, a bounded number of messages ahead.</summary>
internal sealed class DurableCache(DurableStreamOptions options) : IQueueCache
{
    private readonly Lock _gate = new();
    private readonly HashSet<DurableCursor> _cursors = [];
    private readonly Dictionary<StreamId, Queue<(ChannelStart Start, string? Name)>> _goOn = [];
    private readonly ConcurrentDictionary<StreamId, bool> _ready = new();
    private readonly DateTimeOffset _started = options.Time.GetUtcNow();

    public DurableStreamOptions Options { get; } = options;

    /// <summary>The token of the news that a stream exists: subscriptions made before that begin there.</summary>
    public DurableToken Registration => DurableToken.Resume(Reader, _started);

    private string Reader => $"chirps.stream.{Options.Node}";

    public int GetMaxAddCount() => int.MaxValue;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
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
            var (start, name) = token is null && _goOn.TryGetValue(streamId, out var waiting) && waiting.TryDequeue(out var next) ? next : Begin(token);
            var cursor = new DurableCursor(this, streamId, start, name);
            _ = _cursors.Add(cursor);
            return cursor;
        }
    }

    public void GoOnAt(StreamId stream, ChannelStart start, string? name)
    {
        lock (_gate)
        {
            if (!_goOn.TryGetValue(stream, out var waiting))
            {
                _goOn[stream] = waiting = new();
            }

            waiting.Enqueue((start, name));
        }
    }

    public void Forget(DurableCursor cursor)
    {
        lock (_gate)
        {
            _ = _cursors.Remove(cursor);
        }
    }

    /// <summary>Notes that a cursor of a stream has something to deliver. Any thread.</summary>
    public void Ready(StreamId stream) => _ready[stream] = true;

    /// <summary>The streams noted since the last call.</summary>
    public List<StreamId> TakeReady()
    {
        List<StreamId> taken = [];
        foreach (var (stream, _) in _ready)
        {
            if (_ready.TryRemove(stream, out _))
            {
                taken.Add(stream);
            }
        }

        return taken;
    }

    /// <summary>What is delivered, per stream and name; of several subscriptions under one name, the least.</summary>
    public List<(StreamId Stream, string Name, ulong[] Done)> Progress()
    {
        lock (_gate)
        {
            return [.. _cursors
                .Where(static cursor => cursor.Name is not null)
                .GroupBy(static cursor => (cursor.Stream, cursor.Name))
                .Where(static group => group.All(static cursor => cursor.Done is not null))
                .Select(static group => (group.Key.Stream, group.Key.Name!, group.Select(static cursor => cursor.Done!).Aggregate(Least)))];
        }
    }

    private static ulong[] Least(ulong[] left, ulong[] right) => [.. left.Zip(right, Math.Min)];

    private (ChannelStart Start, string? Name) Begin(StreamSequenceToken? token) => token switch
    {
        null => (new ChannelStart { Instant = Options.Time.GetUtcNow() }, Reader),
        DurableToken durable => (Start(durable), durable.Reader),
        _ => throw new ArgumentException($"Subscriptions to durable streams begin at a {nameof(DurableToken)}, not at a {token.GetType()}.", nameof(token)),
    };

    private static ChannelStart Start(DurableToken token) => token.Kind switch
    {
        DurableTokenKind.Instant => new() { Instant = token.From },
        DurableTokenKind.Offset => new() { Message = (token.EventIndex, token.Offset) },
        DurableTokenKind.Resume => new() { Reader = token.Reader, Instant = token.From },
        DurableTokenKind.Delivered => new() { Positions = At(token) },
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
