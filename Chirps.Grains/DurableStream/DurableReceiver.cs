using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Tells Orleans which channels exist and which have news, and stores the progress of subscriptions at the server.</summary>
internal sealed class DurableReceiver(DurableCache cache, IStreamQueueMapper mapper, QueueId queue) : IQueueAdapterReceiver
{
    private readonly HashSet<StreamId> _known = [];
    private readonly Dictionary<(StreamId, string), ulong[]> _stored = [];
    private DateTimeOffset _lookAt;

    private DurableStreamOptions Options => cache.Options;

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        var news = cache.TakeReady();
        var now = Options.Time.GetUtcNow();
        if (now >= _lookAt && Options.Server.Client is { IsConnected: true } client)
        {
            _lookAt = now + Options.LookInterval;
            news.AddRange(await DiscoverAsync(client));
            await StoreAsync(client);
        }

        return [.. news.Select(stream => new DurableBatch(stream, cache.Registration, null))];
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        if (Options.Server.Client is { IsConnected: true } client)
        {
            try
            {
                await StoreAsync(client.WithTimeout(timeout));
            }
            catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
            {
                // What is not stored is delivered again, which the guarantee allows.
            }
        }
    }

    private async Task<List<StreamId>> DiscoverAsync(IggyClient client)
    {
        try
        {
            var topics = await client.GetTopicsAsync(Options.Server.Stream);
            return [.. topics.Select(static topic => ChirpsStreams.Durable(topic.Name)).Where(stream => mapper.GetQueueForStream(stream) == queue && _known.Add(stream))];
        }
        catch (IggyException exception) when (exception.Status == IggyStatus.StreamNotFound)
        {
            return [];
        }
    }

    private async Task StoreAsync(IggyClient client)
    {
        foreach (var (stream, name, done) in cache.Progress())
        {
            var before = _stored.GetValueOrDefault((stream, name));
            for (var partition = 0; partition < done.Length; partition++)
            {
                if (done[partition] > 0 && (before is null || partition >= before.Length || before[partition] != done[partition]))
                {
                    await client.StoreOffsetAsync(IggyConsumer.Of(name), Options.Server.Stream, stream.GetKeyAsString()!, (uint)partition, done[partition] - 1);
                }
            }

            _stored[(stream, name)] = done;
        }
    }
}
