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
            while (!_stopping.IsCancellationRequested && !consumer.Ended && await NextAsync(consumer) is { } batch)
            {
                await DeliverAsync(consumer, batch);
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

    private async Task<IBatchContainer?> NextAsync(Consumer consumer)
    {
        try
        {
            consumer.Cursor ??= cache.GetCacheCursor(consumer.Subscription.Stream, consumer.From);
            if (!consumer.Cursor.MoveNext())
            {
                return null;
            }

            var batch = consumer.Cursor.GetCurrent(out var fault);
            return fault is null ? batch : throw fault;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var (subscription, missed) = (consumer.Subscription, consumer.From);
            consumer.Restart();
            consumer.Cursor = cache.GetCacheCursor(subscription.Stream, null);
            await TellAsync(subscription, exception);
            await failures.OnSubscriptionFailure(GuidId.GetGuidId(subscription.Id), provider.Name, subscription.Stream, missed);
            return !consumer.Ended && consumer.Cursor.MoveNext() ? consumer.Cursor.GetCurrent(out _) : null;
        }
    }

    private async Task DeliverAsync(Consumer consumer, IBatchContainer batch)
    {
        var deadline = Environment.TickCount64 + settings.Options.MaxEventDeliveryTime.TotalMilliseconds;
        for (var attempt = 0; !consumer.Ended; attempt++)
        {
            try
            {
                await consumer.Subscription.Consumer.DeliverAsync(consumer.Subscription, handler => handler.OnBatchAsync(batch, consumer.From));
                cache.UpdateDeliveryProgress(batch.SequenceToken, DateTime.UtcNow);
                return;
            }
            catch (Exception exception)
            {
                LogDeliveryFailed(Log, exception, consumer.Subscription.Stream);
                var pause = settings.Delivery.Next(attempt);
                if (Environment.TickCount64 + pause.TotalMilliseconds > deadline)
                {
                    await GiveUpAsync(consumer, batch);
                    return;
                }

                await Task.Delay(pause, _stopping.Token);
            }
        }
    }

    private async Task GiveUpAsync(Consumer consumer, IBatchContainer batch)
    {
        var subscription = consumer.Subscription;
        consumer.Cursor?.RecordDeliveryFailure();
        await TellAsync(subscription, new StreamEventDeliveryFailureException(
            $"Stream provider failed to deliver an event.  StreamProvider:{provider.Name}, SubscriptionId:{subscription.Id}, StreamId:{subscription.Stream}, Token:{batch.SequenceToken}"));
        await failures.OnDeliveryFailure(GuidId.GetGuidId(subscription.Id), provider.Name, subscription.Stream, batch.SequenceToken);
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

    private sealed class Consumer(Subscription subscription) : IDisposable
    {
        public Subscription Subscription { get; } = subscription;

        /// <summary>Where it begins; events before this token are not delivered.</summary>
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
