using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Serialization.StandIn;

namespace Orleans.Streams.StandIn;

/// <summary>The queues of all memory stream providers of a silo; clients of the silo produce into the same ones.</summary>
internal sealed class MemoryQueues
{
    /// <summary>As many batches wait in one queue before producers are refused.</summary>
    public const int Capacity = 16384;

    private readonly ConcurrentDictionary<QueueId, Line> _lines = new();

    public Line For(QueueId queue) => _lines.GetOrAdd(queue, static _ => new());

    internal sealed class Line
    {
        private readonly Lock _gate = new();
        private readonly Queue<IBatchContainer> _batches = new();
        private long _next = 1;

        public void Add(Func<long, IBatchContainer> create)
        {
            lock (_gate)
            {
                if (_batches.Count >= Capacity)
                {
                    throw new InvalidOperationException($"Can not enqueue since the count has reached its maximum of {Capacity}");
                }

                _batches.Enqueue(create(_next++));
            }
        }

        public IList<IBatchContainer> Take(int max)
        {
            lock (_gate)
            {
                List<IBatchContainer> taken = new(Math.Min(max, _batches.Count));
                while (taken.Count < max && _batches.TryDequeue(out var batch))
                {
                    taken.Add(batch);
                }

                return taken;
            }
        }
    }
}

internal sealed class MemoryAdapterFactory : IQueueAdapterFactory, IQueueAdapter
{
    private const int CacheSize = 8192;
    private readonly MemoryQueues _queues;
    private readonly HashRingBasedStreamQueueMapper _mapper;
    private readonly SimpleQueueAdapterCache _cache;

    private MemoryAdapterFactory(string name, MemoryQueues queues, HashRingStreamQueueMapperOptions partitions, ILoggerFactory loggers)
    {
        (Name, _queues) = (name, queues);
        _mapper = new(partitions, name);
        _cache = new(new() { CacheSize = CacheSize }, name, loggers);
    }

    public string Name { get; }

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public static IQueueAdapterFactory Create(IServiceProvider services, string name)
    {
        var silo = services.GetRequiredService<SiloRuntime>();
        var partitions = services.GetRequiredService<IOptionsMonitor<HashRingStreamQueueMapperOptions>>().Get(name);
        return new MemoryAdapterFactory(name, silo.Services.GetRequiredService<MemoryQueues>(), partitions, services.GetRequiredService<ILoggerFactory>());
    }

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => _cache;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new Receiver(_queues.For(queueId));

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        T[] copies = [.. events.Select(static e => Copiers.Copy(e, external: false)!)];
        _queues.For(_mapper.GetQueueForStream(streamId)).Add(number => new MemoryBatch<T>(streamId, copies, new(number), requestContext));
        return Task.CompletedTask;
    }

    private sealed class Receiver(MemoryQueues.Line line) : IQueueAdapterReceiver
    {
        public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

        public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => Task.FromResult(line.Take(maxCount == QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG ? CacheSize : maxCount));

        public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

        public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
    }
}

/// <summary>Events of one producer call. Each consumer gets its own copies.</summary>
internal sealed class MemoryBatch<TEvent>(StreamId stream, TEvent[] events, EventSequenceTokenV2 token, Dictionary<string, object>? requestContext) : IBatchContainer
{
    public StreamId StreamId { get; } = stream;

    public StreamSequenceToken SequenceToken => token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i] is T item)
            {
                yield return Tuple.Create<T, StreamSequenceToken>(Copiers.Copy(item, external: false)!, i == 0 ? token : token.CreateSequenceTokenForEvent(i));
            }
        }
    }

    public bool ImportRequestContext()
    {
        RequestContextExtensions.Import(requestContext);
        return requestContext is not null;
    }
}
