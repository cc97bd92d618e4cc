using Microsoft.Extensions.Logging;

namespace Orleans.Streams.StandIn;

/// <content>Delivery to one subscription: in order, one batch at a time, repeated until it succeeds or its time is up.</content>
internal sealed partial class PullingAgent
{
    private async Task DeliverAsync(Consumer consumer)
    {
        if (consumer.Delivering || consumer.Ended)
        {
            return;
        }

        consumer.Delivering = true;
        try
        {
            await StartAsync(consumer);
            while (!_stopping.IsCancellationRequested && !consumer.Ended && await NextAsync(consumer) is { } next)
            {
                if (next.Batch is { } batch)
                {
                    await DeliverAsync(consumer, batch);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops; what was not delivered stays in the queue, if the queue keeps it.
        }
        catch (Exception exception)
        {
            LogDeliveryFailed(Log, exception, consumer.Subscription.Stream);
        }
        finally
        {
            consumer.Delivering = false;
            _ = _progress.TrySetResult();
        }
    }

    /// <summary>Makes the cursor of a consumer. Where its token is not available the consumer is told, and begins where the stream was met, or at the newest event.</summary>
    private async Task StartAsync(Consumer consumer)
    {
        if (consumer.Cursor is not null)
        {
            return;
        }

        var subscription = consumer.Subscription;
        try
        {
            consumer.Cursor = cache.GetCacheCursor(subscription.Stream, consumer.From);
        }
        catch (Exception exception)
        {
            var missed = consumer.From;
            consumer.Restart();
            consumer.Cursor = cache.GetCacheCursor(subscription.Stream, null);
            await TellAsync(subscription, exception);
            await failures.OnSubscriptionFailure(GuidId.GetGuidId(subscription.Id), provider.Name, subscription.Stream, missed);
        }
    }

    /// <summary>
    /// The next batch of a consumer. When its cursor fails, another one is asked for in the same turn, without a token; then the consumer is told
    /// and the failure is reported as one of delivery, without a token. Then it goes on.
    /// </summary>
    /// <returns>Nothing when there is none; no batch after an error.</returns>
    private async Task<Next?> NextAsync(Consumer consumer)
    {
        try
        {
            return consumer.Cursor!.MoveNext() ? new Next(consumer.Cursor.GetCurrent(out _)) : null;
        }
        catch (Exception exception)
        {
            var subscription = consumer.Subscription;
            consumer.Restart();
            consumer.Cursor = cache.GetCacheCursor(subscription.Stream, null);
            await FailAsync(subscription, exception, null);
            return new Next(null);
        }
    }

    private async Task DeliverAsync(Consumer consumer, IBatchContainer batch)
    {
        var deadline = Environment.TickCount64 + settings.Options.MaxEventDeliveryTime.TotalMilliseconds;
        for (var attempt = 0; !consumer.Ended; attempt++)
        {
            try
            {
                await consumer.Subscription.Consumer.DeliverAsync(consumer.Subscription, handler => handler.OnBatchAsync(batch));
                cache.UpdateDeliveryProgress(batch.SequenceToken, DateTime.UtcNow);
                return;
            }
            catch (Exception exception)
            {
                LogDeliveryFailed(Log, exception, consumer.Subscription.Stream);
                if (!await PauseAsync(attempt, deadline))
                {
                    consumer.Cursor?.RecordDeliveryFailure();
                    await FailAsync(consumer.Subscription, new StreamEventDeliveryFailureException(
                        $"Stream provider failed to deliver an event.  StreamProvider:{provider.Name}, SubscriptionId:{consumer.Subscription.Id}, StreamId:{consumer.Subscription.Stream}, Token:{batch.SequenceToken}"),
                        batch.SequenceToken);
                    return;
                }
            }
        }
    }

    /// <returns>Whether to try again: not when the time is up behind the pause, and not when the backoff fails, which ends the attempts at once.</returns>
    private async Task<bool> PauseAsync(int attempt, double deadline)
    {
        if (_stopping.IsCancellationRequested)
        {
            return false;
        }

        TimeSpan pause;
        try
        {
            pause = settings.Delivery.Next(attempt);
        }
        catch (Exception exception)
        {
            LogGivenUp(Log, exception);
            return false;
        }

        await Task.Delay(pause, _stopping.Token);
        return Environment.TickCount64 <= deadline;
    }

    private async Task FailAsync(Subscription subscription, Exception exception, StreamSequenceToken? token)
    {
        await TellAsync(subscription, exception);
        await failures.OnDeliveryFailure(GuidId.GetGuidId(subscription.Id), provider.Name, subscription.Stream, token);
        if (failures.ShouldFaultSubsriptionOnError && !subscription.Implicit)
        {
            await TellAsync(subscription, new FaultedSubscriptionException($"Subscription {subscription.Id} to {subscription.Stream} is faulted."));
            await provider.Silo.PubSub.UnsubscribeAsync(subscription);
        }
    }

    private async Task TellAsync(Subscription subscription, Exception exception)
    {
        try
        {
            await subscription.Consumer.DeliverAsync(subscription, handler => handler.OnErrorAsync(exception));
        }
        catch (Exception failure)
        {
            LogDeliveryFailed(Log, failure, subscription.Stream);
        }
    }

    [LoggerMessage(112, LogLevel.Warning, "Delivering an event of {Stream} failed")]
    private static partial void LogDeliveryFailed(ILogger logger, Exception exception, StreamId stream);

    [LoggerMessage(113, LogLevel.Warning, "An event is given up")]
    private static partial void LogGivenUp(ILogger logger, Exception exception);

    private readonly record struct Next(IBatchContainer? Batch);

    private sealed class Consumer(Subscription subscription) : IDisposable
    {
        public Subscription Subscription { get; } = subscription;

        /// <summary>Where it begins.</summary>
        public StreamSequenceToken? From { get; set; }

        public IQueueCacheCursor? Cursor { get; set; }

        public bool Delivering { get; set; }

        public bool Ended { get; private set; }

        /// <summary>Forgets its place; the next read begins at the newest event.</summary>
        public void Restart()
        {
            Cursor?.Dispose();
            (Cursor, From) = (null, null);
        }

        public void Dispose()
        {
            Ended = true;
            Cursor?.Dispose();
        }
    }
}
