using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace Chirps.Grains.MeshStream;

/// <summary>
/// What this silo's node has for Orleans, in bounded queues in memory, each read as soon as something is in it. Nothing is polled, and nothing is
/// serialized on the way. Publishing waits for room: when Orleans is slower than the mesh, the mesh is told.
/// </summary>
/// <remarks>Not rewindable: each silo of a larger cluster delivers for its own node, so one stream may have several sources, each in its own order.</remarks>
internal sealed class MeshStreamAdapter(string name, ILoggerFactory loggers) : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache, IDisposable
{
    private const int Queues = 8;

    private readonly HashRingBasedStreamQueueMapper _mapper = new(new HashRingStreamQueueMapperOptions { TotalQueueCount = Queues }, name);
    private readonly ConcurrentDictionary<QueueId, MeshStreamQueue> _queues = new();
    private readonly CancellationTokenSource _stopping = new();

    public string Name { get; } = name;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IQueueCache CreateQueueCache(QueueId queueId) => new MeshStreamCache(loggers.CreateLogger<MeshStreamCache>());

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => QueueOf(queueId);

    /// <summary>Puts events into their queue, and waits for room.</summary>
    /// <exception cref="OperationCanceledException">The silo stops.</exception>
    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
        => QueueOf(_mapper.GetQueueForStream(streamId)).AddAsync(streamId, [.. events.Cast<object>()], _stopping.Token);

    /// <summary>Delivers nothing more: the silo stops.</summary>
    public void Stop()
    {
        _stopping.Cancel();
        foreach (var (_, queue) in _queues)
        {
            queue.Stop();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private MeshStreamQueue QueueOf(QueueId id) => _queues.GetOrAdd(id, static _ => new MeshStreamQueue());
}
