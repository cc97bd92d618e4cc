using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Durable streams: publishing, and the parts Orleans reads with.</summary>
internal sealed class DurableAdapter(string name, DurableStreamOptions options, DurableStreamMetrics metrics, ILoggerFactory loggers) : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache
{
    private static readonly TimeSpan _lookPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _lookPause = TimeSpan.FromMilliseconds(5);

    private readonly HashRingBasedStreamQueueMapper _mapper = new(new HashRingStreamQueueMapperOptions { TotalQueueCount = options.Queues }, name);
    private readonly ConcurrentDictionary<QueueId, DurableCache> _caches = new();
    private readonly DurableWriter _writer = new(options);

    public string Name { get; } = name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    /// <summary>The cache of a queue that this silo begins to serve. Orleans makes its receiver right after it.</summary>
    public IQueueCache CreateQueueCache(QueueId queueId) => _caches[queueId] = new DurableCache(options, metrics);

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(
        new DurableFailureHandler(() => _caches.GetValueOrDefault(queueId), options, metrics, loggers.CreateLogger<DurableFailureHandler>()));

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new DurableReceiver(_caches[queueId], _mapper, queueId, loggers.CreateLogger<DurableReceiver>());

    /// <summary>Publishes; complete when the server has stored every event.</summary>
    /// <exception cref="DurablePublishException">Not all were stored, or it is unknown.</exception>
    /// <exception cref="ArgumentException">It is no durable stream, an event is no <see cref="DurableEntry"/>, there is a token, or a name is too long.</exception>
    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (token is not null || streamId.GetNamespace() != ChirpsStreams.DurableNamespace)
        {
            throw new ArgumentException($"Publishing goes to streams of namespace {ChirpsStreams.DurableNamespace}, without a token.", nameof(token));
        }

        var entries = new List<DurableEntry>();
        foreach (var item in events)
        {
            entries.Add(item as DurableEntry ?? throw new ArgumentException($"A durable stream takes {nameof(DurableEntry)}, not {typeof(T)}.", nameof(events)));
        }

        return entries.Count == 0 ? Task.CompletedTask : WriteAsync(streamId.GetKeyAsString()!, entries);
    }

    /// <summary>Delivers nothing more: the silo stops, and deliveries fail because of that.</summary>
    public void Stop()
    {
        foreach (var (_, cache) in _caches)
        {
            cache.Stop();
        }
    }

    private async Task WriteAsync(string channel, List<DurableEntry> entries)
    {
        await LookedAsync();
        await _writer.WriteAsync(channel, entries);
    }

    /// <summary>Lets the first look at a server go first: it is what tells messages from before the subscriptions of this silo from those after.</summary>
    private async Task LookedAsync()
    {
        var since = Environment.TickCount64;
        while (options.Server.Client is { } client
            && _caches.Values.Any(cache => !cache.HasLooked(client))
            && Environment.TickCount64 - since < _lookPatience.TotalMilliseconds)
        {
            await Task.Delay(_lookPause);
        }
    }
}
