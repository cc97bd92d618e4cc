using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>
/// Tells Orleans which channels of a queue exist and which have news, and stores the progress of subscriptions at the server. It looks at the
/// server in a task of its own, so that a server that is lost, or not known yet, holds up neither the silo nor what is read already.
/// </summary>
internal sealed partial class DurableReceiver(DurableCache cache, IStreamQueueMapper mapper, QueueId queue, ILogger log) : IQueueAdapterReceiver, IDisposable
{
    /// <summary>Orleans forgets streams whose last subscriber left, or that were quiet for long; it is reminded of those that nobody reads.</summary>
    private static readonly TimeSpan _remindInterval = TimeSpan.FromSeconds(1);

    /// <summary>Then the agent is let go, though there are none: it may have been told to end.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<StreamId, (ulong Messages, ulong Bytes, uint Partitions)> _known = [];
    private readonly Dictionary<(StreamId, string), ulong[]> _stored = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private Task _tick = Task.CompletedTask;
    private IggyClient? _client;

    private DurableStreamOptions Options => cache.Options;

    public Task Initialize(TimeSpan timeout)
    {
        cache.Metrics.Watch(cache.Lag);
        _watching = Task.Run(WatchAsync);
        return Task.CompletedTask;
    }

    /// <summary>Waits for news.</summary>
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        _tick = _tick.IsCompleted ? Task.Delay(_patience) : _tick;
        await Task.WhenAny(cache.NewsCame, _tick);
        return cache.TakeNews();
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        cache.Stop();
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (Options.Server.Client is { IsConnected: true } client && timeout > TimeSpan.Zero)
        {
            await StoreAsync(client.WithTimeout(timeout), CancellationToken.None);
        }

        cache.Metrics.Unwatch(cache.Lag);
        await cache.EndAsync();
        Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Options.LookInterval);
        var remindAt = 0L;
        while (await WaitAsync(timer))
        {
            try
            {
                if (Options.Server.Client is { } client)
                {
                    await LookAsync(client, _stopping.Token);
                    await StoreAsync(client, _stopping.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
            {
                LogNotLooked(log, exception.Message);
            }
            catch (Exception exception)
            {
                LogBroken(log, exception);
            }

            var now = Environment.TickCount64;
            cache.Remind(idle: now >= remindAt);
            remindAt = now >= remindAt ? now + (long)_remindInterval.TotalMilliseconds : remindAt;
        }
    }

    private async Task<bool> WaitAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task LookAsync(IggyClient client, CancellationToken cancellationToken)
    {
        var topics = await client.GetTopicsAsync(Options.Server.Stream, cancellationToken);
        var isFirst = client != _client;
        if (isFirst)
        {
            _known.Clear();
        }

        foreach (var topic in topics)
        {
            var stream = ChirpsStreams.Durable(topic.Name);
            if (mapper.GetQueueForStream(stream) == queue)
            {
                await LookAsync(client, topic, stream, isFirst, cancellationToken);
            }
        }

        _client = client;
        cache.Looked(client);
    }

    private async Task LookAsync(IggyClient client, TopicInfo topic, StreamId stream, bool isFirst, CancellationToken cancellationToken)
    {
        var state = (topic.Messages, topic.SizeBytes, topic.Partitions);
        var isKnown = _known.TryGetValue(stream, out var before);
        if ((isKnown && before == state) || await client.GetTopicAsync(Options.Server.Stream, topic.Name, cancellationToken) is not { } details)
        {
            return;
        }

        ulong[] end = [.. details.Partitions.Select(Iggy.Channels.ChannelStart.EndOf)];
        if (isKnown)
        {
            cache.Moved(stream, end);
        }
        else
        {
            // A channel that was made while it was looked is new in all its length to who subscribed before.
            cache.Found(stream, isFirst ? end : new ulong[end.Length], end);
        }

        _known[stream] = state;
    }

    private async Task StoreAsync(IggyClient client, CancellationToken cancellationToken)
    {
        foreach (var (stream, name, done) in cache.Progress())
        {
            var before = _stored.GetValueOrDefault((stream, name), []);
            for (var partition = 0; partition < done.Length; partition++)
            {
                if (done[partition] > 0 && (partition >= before.Length || before[partition] != done[partition]))
                {
                    await StoreAsync(client, stream.GetKeyAsString()!, name, partition, done[partition] - 1, cancellationToken);
                }
            }

            _stored[(stream, name)] = done;
        }
    }

    private async Task StoreAsync(IggyClient client, string channel, string name, int partition, ulong offset, CancellationToken cancellationToken)
    {
        try
        {
            await client.StoreOffsetAsync(IggyConsumer.Of(name), Options.Server.Stream, channel, (uint)partition, offset, cancellationToken);
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException or ArgumentException)
        {
            // What is not stored is delivered again, which the guarantee allows; further progress is stored in its turn.
            LogNotStored(log, name, channel, exception.Message);
        }
    }

    [LoggerMessage(4110, LogLevel.Debug, "The channels cannot be looked at at the moment: {Why}")]
    private static partial void LogNotLooked(ILogger logger, string why);

    [LoggerMessage(4111, LogLevel.Warning, "Progress of reader {Name} in channel {Channel} was not stored: {Why}")]
    private static partial void LogNotStored(ILogger logger, string name, string channel, string why);

    [LoggerMessage(4112, LogLevel.Error, "Looking at the channels failed in a way that should not be; it is tried again")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
