using System.Collections.Concurrent;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Chirps.Tests.Conformance;

/// <summary>A stream provider whose cursor fails once at a number below zero, and which writes down what Orleans does about it. For one stream.</summary>
public sealed class ScriptedFeed : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache, IQueueAdapterReceiver, IQueueCache, IStreamFailureHandler, IMessageDeliveryBackoffProvider
{
    public const string Name = "conformance-scripted";
    public const int AttemptsMax = 3;

    private readonly HashRingBasedStreamQueueMapper _mapper = new(new HashRingStreamQueueMapperOptions { TotalQueueCount = 1 }, Name);
    private readonly ConcurrentQueue<IBatchContainer> _news = new();
    private readonly Lock _gate = new();
    private readonly List<FeedBatch> _events = [];
    private int _next;

    public static ScriptedFeed Instance { get; } = new();

    /// <summary>What happened, in order.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    string IQueueAdapter.Name => Name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public bool ShouldFaultSubsriptionOnError => false;

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(this);

    public IQueueCache CreateQueueCache(QueueId queueId) => this;

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => this;

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        lock (_gate)
        {
            foreach (var item in events)
            {
                _events.Add(new FeedBatch(streamId, [item!], null, new EventSequenceTokenV2(_events.Count)));
                _news.Enqueue(_events[^1]);
            }
        }

        return Task.CompletedTask;
    }

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        List<IBatchContainer> taken = [];
        while (_news.TryDequeue(out var batch))
        {
            taken.Add(batch);
        }

        return Task.FromResult<IList<IBatchContainer>>(taken);
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;

    public int GetMaxAddCount() => 100;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        // The cursors look for themselves.
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        Log.Enqueue(token is null ? "cursor asked for without a token" : "cursor asked for");
        return new Cursor(this);
    }

    public bool IsUnderPressure() => false;

    public Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        Log.Enqueue(sequenceToken is null ? "delivery failed without a token" : $"delivery failed at {sequenceToken.SequenceNumber}");
        return Task.CompletedTask;
    }

    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        Log.Enqueue("subscription failed");
        return Task.CompletedTask;
    }

    /// <summary>The pause after an attempt; the last one has none.</summary>
    public TimeSpan Next(int attempt) => attempt + 1 < AttemptsMax ? TimeSpan.FromMilliseconds(5) : throw new TimeoutException("That was the last attempt.");

    private sealed class Cursor(ScriptedFeed feed) : IQueueCacheCursor
    {
        private FeedBatch? _current;

        public IBatchContainer GetCurrent(out Exception exception)
        {
            exception = null!;
            return _current!;
        }

        public bool MoveNext()
        {
            lock (feed._gate)
            {
                if (feed._next >= feed._events.Count)
                {
                    return false;
                }

                _current = feed._events[feed._next++];
                return _current.GetEvents<int>().First().Item1 >= 0 ? true : throw new DataNotAvailableException("It is gone.");
            }
        }

        public void Refresh(StreamSequenceToken token)
        {
            // It looks for itself.
        }

        public void RecordDeliveryFailure() => feed.Log.Enqueue("cursor told of a failure");

        public void Dispose()
        {
            // Orleans makes cursors that it never moves, to hold a place.
            if (_current is not null)
            {
                feed.Log.Enqueue("cursor disposed of");
            }
        }
    }
}
