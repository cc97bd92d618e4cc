using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime.Providers;
using Orleans.Serialization;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Chirps.Tests.Conformance;

[GenerateSerializer, Alias("Chirps.Tests.Conformance.FeedBatch")]
public sealed class FeedBatch(StreamId streamId, List<object> events, Dictionary<string, object>? requestContext, EventSequenceTokenV2 token) : IBatchContainer
{
    [Id(1)]
    private readonly List<object> _events = events;

    [Id(2)]
    private readonly Dictionary<string, object>? _requestContext = requestContext;

    [Id(3)]
    private readonly EventSequenceTokenV2 _token = token;

    [Id(0)]
    public StreamId StreamId { get; } = streamId;

    public StreamSequenceToken SequenceToken => _token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
        => _events.OfType<T>().Select((e, i) => Tuple.Create<T, StreamSequenceToken>(e, _token.CreateSequenceTokenForEvent(i)));

    public bool ImportRequestContext()
    {
        if (_requestContext is null)
        {
            return false;
        }

        RequestContextExtensions.Import(_requestContext);
        return true;
    }
}

/// <summary>The queue behind the test's own stream provider. It lives outside the cluster, as a broker would.</summary>
public sealed class FeedLine
{
    private readonly Queue<IBatchContainer> _batches = new();
    private long _next = 1;
    private int _failures;
    private int _acknowledged;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public void FailOnce() => Interlocked.Increment(ref _failures);

    public void Put(StreamId stream, List<object> events, Dictionary<string, object>? context)
    {
        lock (_batches)
        {
            _batches.Enqueue(new FeedBatch(stream, events, context, new EventSequenceTokenV2(_next++)));
        }
    }

    public List<IBatchContainer> Take(int max)
    {
        if (Interlocked.Exchange(ref _failures, 0) > 0)
        {
            throw new TimeoutException("The broker does not answer.");
        }

        List<IBatchContainer> taken = [];
        lock (_batches)
        {
            while (taken.Count < max && _batches.TryDequeue(out var batch))
            {
                taken.Add(batch);
            }
        }

        return taken;
    }

    public void Done(int count) => Interlocked.Add(ref _acknowledged, count);
}

public sealed class FeedAdapter : IQueueAdapterFactory, IQueueAdapter
{
    private static readonly ConcurrentDictionary<string, FeedLine> _lines = new();
    private readonly HashRingBasedStreamQueueMapper _mapper;
    private readonly SimpleQueueAdapterCache _cache;
    private readonly DeepCopier _copier;
    private readonly FeedLine _line;

    public FeedAdapter(string name, SimpleQueueCacheOptions cache, DeepCopier copier, ILoggerFactory loggers)
    {
        (Name, _copier, _line) = (name, copier, Line(name));
        _mapper = new(new() { TotalQueueCount = 1 }, name);
        _cache = new(cache, name, loggers);
    }

    public string Name { get; }

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => Name == FeedCluster.ReadOnly ? StreamProviderDirection.ReadOnly : StreamProviderDirection.ReadWrite;

    public static FeedLine Line(string name) => _lines.GetOrAdd(name, static _ => new());

    public static IQueueAdapterFactory Create(IServiceProvider services, string name)
        => ActivatorUtilities.CreateInstance<FeedAdapter>(services, name, services.GetRequiredService<IOptionsMonitor<SimpleQueueCacheOptions>>().Get(name));

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => _cache;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new Receiver(_line);

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        _line.Put(streamId, [.. events.Select(e => (object)_copier.Copy(e)!)], requestContext);
        return Task.CompletedTask;
    }

    private sealed class Receiver(FeedLine line) : IQueueAdapterReceiver
    {
        public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

        public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
            => Task.FromResult<IList<IBatchContainer>>(line.Take(maxCount == QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG ? 256 : maxCount));

        public Task MessagesDeliveredAsync(IList<IBatchContainer> messages)
        {
            line.Done(messages.Count);
            return Task.CompletedTask;
        }

        public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
    }
}

/// <summary>One silo with stream providers of our own.</summary>
public sealed class FeedCluster : IAsyncLifetime
{
    public const string Feed = "conformance-feed";
    public const string Small = "conformance-small";
    public const string ReadOnly = "conformance-read-only";

    public TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        TestClusterBuilder builder = new(1);
        _ = builder.AddSiloBuilderConfigurator<Silo>();
        _ = builder.AddClientBuilderConfigurator<Client>();
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }

    public sealed class Silo : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder)
        {
            _ = siloBuilder.AddMemoryGrainStorage("PubSubStore");
            foreach (var (name, cacheSize) in new[] { (Feed, 4096), (Small, 20), (ReadOnly, 20) })
            {
                _ = siloBuilder.AddPersistentStreams(name, FeedAdapter.Create, streams =>
                {
                    streams.Configure<SimpleQueueCacheOptions>(o => o.Configure(x => x.CacheSize = cacheSize));
                    streams.ConfigurePullingAgent(static o => o.Configure(static x => x.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(20)));
                    streams.ConfigureBackoffProvider(static (_, _) => (IMessageDeliveryBackoffProvider)new Quick());
                    streams.ConfigureBackoffProvider(static (_, _) => (IQueueReaderBackoffProvider)new Quick());
                    streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedAndImplicit);
                });
            }
        }
    }

    public sealed class Client : IClientBuilderConfigurator
    {
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
        {
            foreach (var name in new[] { Feed, Small, ReadOnly })
            {
                _ = clientBuilder.AddPersistentStreams(name, FeedAdapter.Create, static _ => { });
            }
        }
    }

    private sealed class Quick : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
    {
        public TimeSpan Next(int attempt) => TimeSpan.FromMilliseconds(50);
    }
}
