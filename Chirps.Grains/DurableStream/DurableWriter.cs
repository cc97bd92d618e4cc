using Chirps.Engine.Time;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Grains.DurableStream;

/// <summary>Publishes to channels: the messages of one key in requests one after the other, those of different keys at once. Any thread.</summary>
internal sealed class DurableWriter(DurableStreamOptions options)
{
    private const int RequestMessagesMax = 1000;
    private const int RequestBytesMax = 1024 * 1024;
    private const int KeysAtOnce = 64;

    private readonly HybridClock _clock = new();
    private readonly Lock _gate = new();

    /// <summary>Stores messages; complete when the server has answered that it did.</summary>
    /// <exception cref="DurablePublishException">Not all were stored, or it is unknown.</exception>
    public async Task WriteAsync(string channel, IReadOnlyList<DurableEntry> entries)
    {
        var stored = 0;
        try
        {
            var keys = Requests(channel, entries);
            _ = await options.Server.PartitionsAsync(channel);
            await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = KeysAtOnce }, async (key, cancellationToken) =>
            {
                foreach (var request in key.Requests)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await SendAsync(channel, key.Key, request);
                    Interlocked.Add(ref stored, request.Count);
                }
            });
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
        {
            throw new DurablePublishException(
                $"{entries.Count - stored} of {entries.Count} messages for channel {channel} were not confirmed to be stored: {exception.Message}",
                stored > 0 || exception is IggyException { MayHaveTakenEffect: true });
        }
    }

    private List<(string Key, List<List<IggyMessage>> Requests)> Requests(string channel, IReadOnlyList<DurableEntry> entries)
    {
        var keys = new Dictionary<string, (List<List<IggyMessage>> Requests, long Bytes)>(StringComparer.Ordinal);
        var sender = options.Node();
        foreach (var entry in entries)
        {
            var topic = entry.Topic ?? channel;
            var header = new DurableHeader(entry.MessageId == default ? Guid.NewGuid() : entry.MessageId, sender, topic, Stamp(), default, entry.Key);
            var (requests, bytes) = keys.GetValueOrDefault(entry.Key ?? topic, ([], 0));
            if (requests.Count == 0 || requests[^1].Count >= RequestMessagesMax || bytes + entry.Payload.Length > RequestBytesMax)
            {
                requests.Add([]);
                bytes = 0;
            }

            requests[^1].Add(DurableCodec.ToIggy(header, entry.Payload));
            keys[entry.Key ?? topic] = (requests, bytes + entry.Payload.Length);
        }

        return [.. keys.Select(static key => (key.Key, key.Value.Requests))];
    }

    private async Task SendAsync(string channel, string key, List<IggyMessage> messages)
    {
        var partitioning = DurableChannels.PartitioningOf(channel, key);
        try
        {
            _ = await Client().SendAsync(options.Server.Stream, channel, partitioning, (ReadOnlyMemory<IggyMessage>)messages.ToArray());
        }
        catch (IggyException exception) when (exception.Status is IggyStatus.TopicNotFound or IggyStatus.StreamNotFound)
        {
            // The channel was deleted, or the server is another one: it is made once more.
            options.Server.Forget(channel);
            _ = await options.Server.PartitionsAsync(channel);
            _ = await Client().SendAsync(options.Server.Stream, channel, partitioning, (ReadOnlyMemory<IggyMessage>)messages.ToArray());
        }
    }

    private IggyClient Client() => options.Server.Client ?? throw new ObjectDisposedException(nameof(IggyClient), "The server is not known any more.");

    private HybridTimestamp Stamp()
    {
        lock (_gate)
        {
            return _clock.Next(options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }
}
