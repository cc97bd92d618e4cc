using Chirps.Node;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains;

/// <summary>
/// Passes received messages on to the streams <see cref="ChirpsStreams.Messages"/>, in order for each topic. Its
/// queue is bounded like every subscriber's: when Orleans is slower than the mesh, senders of Control messages are
/// told <see cref="SendFailure.SubscriberFull"/>, and the loss is counted.
/// </summary>
internal sealed partial class MessagePublisher(IMeshNode node, IClusterClient cluster, ILogger<MessagePublisher> logger) : IPublisher
{
    /// <summary>Messages taken from the queue before they are passed on.</summary>
    private const int BatchMax = 256;

    /// <summary>No more are taken once they have so many bytes.</summary>
    private const int BatchBytesMax = 1 << 20;

    private readonly Dictionary<string, List<MeshMessage>> _byTopic = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken stopping)
    {
        var provider = cluster.GetStreamProvider(ChirpsStreams.Provider);
        using var subscription = node.Subscribe(MeshSubscription.AllTopics);
        while (await subscription.Messages.WaitToReadAsync(stopping))
        {
            var bytes = 0;
            for (var taken = 0; taken < BatchMax && bytes < BatchBytesMax && subscription.Messages.TryRead(out var message); taken++)
            {
                bytes += message.Payload.Length;
                Collect(message);
            }

            await Task.WhenAll(_byTopic.Select(topic => PublishAsync(provider, topic.Key, topic.Value)));
            _byTopic.Clear();
        }
    }

    private void Collect(InboundMessage message)
    {
        if (!_byTopic.TryGetValue(message.Topic, out var batch))
        {
            batch = [];
            _byTopic.Add(message.Topic, batch);
        }

        batch.Add(message.ToContract());
        message.Dispose();
    }

    private async Task PublishAsync(IStreamProvider provider, string topic, List<MeshMessage> batch)
    {
        try
        {
            await provider.GetStream<MeshMessage>(ChirpsStreams.Messages(topic)).OnNextBatchAsync(batch);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogLost(logger, batch.Count, topic, exception);
        }
    }

    [LoggerMessage(4002, LogLevel.Error, "Lost {Count} messages of topic {Topic} after their delivery to this node: the stream did not take them")]
    private static partial void LogLost(ILogger logger, int count, string topic, Exception exception);
}
