using Microsoft.Extensions.Logging;

namespace Orleans.Streams.StandIn;

/// <summary>
/// Reads one queue into its cache and hands the events on, one cursor per subscription. Everything here, the cache
/// included, runs on one serial scheduler; only deliveries run elsewhere.
/// </summary>
internal sealed partial class PullingAgent(StreamProvider provider, QueueId queue, IQueueAdapterReceiver receiver, IQueueCache cache, IStreamFailureHandler failures, AgentSettings settings)
{
    private const int ReadAttemptsInRow = 6;
    private readonly Dictionary<StreamId, Known> _streams = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskFactory _here = new(new SerialScheduler());
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    private ILogger Log => provider.Silo.Log;

    public void Start() => _reading = _here.StartNew(ReadLoopAsync).Unwrap();

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        await receiver.Shutdown(settings.Options.InitQueueTimeout);
        await _here.StartNew(DisposeConsumers);
    }

    public Task AddAsync(Subscription subscription) => _here.StartNew(() =>
    {
        if (_streams.TryGetValue(subscription.Stream, out var known) && !known.Consumers.ContainsKey(subscription.Id))
        {
            Attach(known, subscription, subscription.Token);
        }
    });

    public Task RemoveAsync(Subscription subscription) => _here.StartNew(() =>
    {
        if (_streams.TryGetValue(subscription.Stream, out var known) && known.Consumers.Remove(subscription.Id, out var consumer))
        {
            consumer.Dispose();
            if (known.Consumers.Count == 0)
            {
                // Learned again with the next event of the stream; until then nobody who subscribes is attached.
                _ = _streams.Remove(subscription.Stream);
            }
        }
    });

    public Task RewindAsync(Subscription subscription) => _here.StartNew(() =>
    {
        if (_streams.TryGetValue(subscription.Stream, out var known) && known.Consumers.Remove(subscription.Id, out var before))
        {
            before.Dispose();
            Attach(known, subscription, subscription.Token);
        }
    });

    private async Task ReadLoopAsync()
    {
        try
        {
            await receiver.Initialize(settings.Options.InitQueueTimeout);
            for (var attempt = 0; !_stopping.IsCancellationRequested;)
            {
                TimeSpan pause;
                try
                {
                    pause = await ReadAsync() ? TimeSpan.Zero : settings.Options.GetQueueMsgsTimerPeriod;
                    attempt = 0;
                }
                catch (Exception exception)
                {
                    LogReadFailed(Log, exception, queue);
                    pause = settings.Reader.Next(attempt++ % ReadAttemptsInRow);
                }

                await PauseAsync(pause);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
        catch (Exception exception)
        {
            LogReadFailed(Log, exception, queue);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        if (pause == TimeSpan.Zero)
        {
            await Task.Yield();
        }
        else if (cache.IsUnderPressure())
        {
            _ = await Task.WhenAny(Task.Delay(pause, _stopping.Token), _progress.Task);
            _stopping.Token.ThrowIfCancellationRequested();
        }
        else
        {
            await Task.Delay(pause, _stopping.Token);
        }
    }

    /// <returns>Whether there may be more to read at once.</returns>
    private async Task<bool> ReadAsync()
    {
        if (cache.TryPurgeFromCache(out var purged) && purged is { Count: > 0 })
        {
            await receiver.MessagesDeliveredAsync(purged);
        }

        if (cache.IsUnderPressure())
        {
            if (_progress.Task.IsCompleted)
            {
                _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return false;
        }

        var batches = await receiver.GetQueueMessagesAsync(cache.GetMaxAddCount());
        if (batches is null || batches.Count == 0)
        {
            return false;
        }

        cache.AddToCache(batches);
        foreach (var first in batches.DistinctBy(static batch => batch.StreamId))
        {
            if (_streams.TryGetValue(first.StreamId, out var known))
            {
                Wake(known, first.SequenceToken);
            }
            else
            {
                Learn(first.StreamId, first.SequenceToken);
            }
        }

        return true;
    }

    /// <summary>A stream's first event: its subscriptions so far begin there, unless they asked for an earlier token.</summary>
    private void Learn(StreamId stream, StreamSequenceToken first)
    {
        Known known = new();
        _streams[stream] = known;
        var pubSub = provider.Silo.PubSub;
        var subscriptions = provider.PubSubType == StreamPubSubType.ImplicitOnly ? [] : pubSub.Explicit(provider.Name, stream).AsEnumerable();
        if (provider.PubSubType != StreamPubSubType.ExplicitGrainBasedOnly)
        {
            subscriptions = subscriptions.Concat(pubSub.Implicit(provider.Name, stream));
        }

        foreach (var subscription in subscriptions)
        {
            Attach(known, subscription, subscription.Token ?? first);
        }
    }

    private void DisposeConsumers()
    {
        foreach (var consumer in _streams.Values.SelectMany(static known => known.Consumers.Values))
        {
            consumer.Dispose();
        }

        _streams.Clear();
    }

    private void Attach(Known known, Subscription subscription, StreamSequenceToken? from)
    {
        Consumer consumer = new(subscription) { From = from };
        known.Consumers[subscription.Id] = consumer;
        _ = DeliverAsync(consumer);
    }

    private void Wake(Known known, StreamSequenceToken token)
    {
        foreach (var consumer in known.Consumers.Values)
        {
            try
            {
                consumer.Cursor?.Refresh(token);
            }
            catch (DataNotAvailableException)
            {
                consumer.Restart();
            }

            _ = DeliverAsync(consumer);
        }
    }

    [LoggerMessage(111, LogLevel.Error, "Reading queue {Queue} failed")]
    private static partial void LogReadFailed(ILogger logger, Exception exception, QueueId queue);

    private sealed class Known
    {
        public Dictionary<Guid, Consumer> Consumers { get; } = [];
    }
}
