using Microsoft.Extensions.Logging;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Chirps.Grains.MeshStream;

/// <summary>What subscribers have not taken yet: bounded in batches and in bytes. When it is full, the queue is not read, its publishers wait, and senders are told.</summary>
internal sealed class MeshStreamCache(ILogger logger) : SimpleQueueCache(BatchesMax, logger)
{
    private const int BatchesMax = 4096;
    private const long BytesMax = 64L << 20;

    private readonly Queue<long> _lengths = new();
    private long _bytes;

    public override bool IsUnderPressure() => _bytes >= BytesMax || base.IsUnderPressure();

    public override void AddToCache(IList<IBatchContainer> messages)
    {
        base.AddToCache(messages);
        foreach (var message in messages)
        {
            var length = ((MeshStreamBatch)message).Bytes;
            _lengths.Enqueue(length);
            _bytes += length;
        }
    }

    public override bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        var hasPurged = base.TryPurgeFromCache(out purgedItems);

        // Counted by what is left: batches whose delivery failed are not among the purged ones.
        while (_lengths.Count > Size)
        {
            _bytes -= _lengths.Dequeue();
        }

        return hasPurged;
    }
}
