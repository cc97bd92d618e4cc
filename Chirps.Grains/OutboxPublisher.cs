using Chirps.Iggy.Durable;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains;

/// <summary>Passes what becomes of queued durable messages on to the stream <see cref="ChirpsStreams.Outbox"/>, in order.</summary>
internal sealed partial class OutboxPublisher(IDurableChannels channels, IClusterClient cluster, ILogger<OutboxPublisher> logger) : IPublisher
{
    public async Task RunAsync(CancellationToken stopping)
    {
        var stream = cluster.GetStreamProvider(ChirpsStreams.Provider).GetStream<OutboxEvent>(ChirpsStreams.Outbox);
        using var feed = channels.WatchOutbox();
        while (await feed.Changes.WaitToReadAsync(stopping))
        {
            while (feed.Changes.TryRead(out var change))
            {
                await PublishAsync(stream, change);
            }
        }
    }

    private async Task PublishAsync(IAsyncStream<OutboxEvent> stream, OutboxChange change)
    {
        try
        {
            await stream.OnNextAsync(change.ToEvent());
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogLost(logger, change.Kind, change.MessageIds.Count, exception);
        }
    }

    [LoggerMessage(4004, LogLevel.Error, "Lost an event of the outbox, {Kind} of {Count} messages: the stream did not take it")]
    private static partial void LogLost(ILogger logger, OutboxChangeKind kind, int count, Exception exception);
}
