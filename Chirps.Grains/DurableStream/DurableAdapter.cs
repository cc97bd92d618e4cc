using Chirps.Engine.Time;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Durable streams: publishing, and the parts Orleans reads with.</summary>
internal sealed class DurableAdapter(string name, DurableStreamOptions options, DurableStreamMetrics metrics, ILoggerFactory loggers) : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache
{
    private readonly HashRingBasedStreamQueueMapper _mapper = new(new HashRingStreamQueueMapperOptions { TotalQueueCount = 1 }, name);
    private readonly DurableCache _cache = new(options);
    private readonly HybridClock _clock = new();
    private readonly Lock _gate = new();

    public string Name { get; } = name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IQueueCache CreateQueueCache(QueueId queueId) => _cache;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId)
        => Task.FromResult<IStreamFailureHandler>(new DurableFailureHandler(options, metrics, loggers.CreateLogger<DurableFailureHandler>()));

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new DurableReceiver(_cache, _mapper, queueId);

    /// <summary>Publishes; complete when the server has stored every event.</summary>
    /// <exception cref="IggyException">Not all were stored, or it is unknown.</exception>
    public async Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (token is not null || streamId.GetNamespace() != ChirpsStreams.DurableNamespace)
        {
            throw new ArgumentException($"Publishing goes to streams of namespace {ChirpsStreams.DurableNamespace}, without a token.", nameof(token));
        }

        var channel = streamId.GetKeyAsString()!;
        _ = await options.Server.PartitionsAsync(channel);
        foreach (var item in events)
        {
            var entry = item as DurableEntry ?? throw new ArgumentException($"A durable stream takes {nameof(DurableEntry)}, not {typeof(T)}.", nameof(events));
            var header = new DurableHeader(entry.MessageId == default ? Guid.NewGuid() : entry.MessageId, options.Node, entry.Topic ?? channel, Stamp(), default, entry.Key);
            var partitioning = DurableChannels.PartitioningOf(channel, entry.Key ?? header.Topic);
            _ = await options.Server.Client!.SendAsync(options.Server.Stream, channel, partitioning, DurableCodec.ToIggy(header, entry.Payload));
        }
    }

    private HybridTimestamp Stamp()
    {
        lock (_gate)
        {
            return _clock.Next(options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }
}
