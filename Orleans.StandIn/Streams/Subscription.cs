using Orleans.Streams.Core;

namespace Orleans.Streams.StandIn;

/// <summary>One consumer's interest in one stream. Explicit ones live as long as the silo, whatever becomes of the activation.</summary>
internal sealed record Subscription(Guid Id, string Provider, StreamId Stream, IConsumer Consumer, StreamSequenceToken? Token, bool Implicit);

/// <summary>Who receives the events of a subscription: a grain, wherever it is active, or a client.</summary>
internal interface IConsumer
{
    /// <summary>Completes when the handler has; fails as the handler did.</summary>
    Task DeliverAsync(Subscription subscription, Func<StreamHandler, Task> delivery);
}

/// <summary>A grain as consumer: each delivery is a request of its activation.</summary>
internal sealed record GrainConsumer(SiloRuntime Silo, GrainId Id) : IConsumer
{
    public async Task DeliverAsync(Subscription subscription, Func<StreamHandler, Task> delivery)
    {
        if (Silo.Status != SiloStatus.Active)
        {
            throw Silo.NotActive(Id);
        }

        Delivery item = new(subscription, delivery);
        _ = Silo.Catalog.Dispatch(Id, item);
        await item.Done.WaitAsync(Silo.Messaging.ResponseTimeout);
    }

    public bool Equals(GrainConsumer? other) => other is not null && other.Id.Equals(Id);

    public override int GetHashCode() => Id.GetHashCode();

    private sealed class Delivery(Subscription subscription, Func<StreamHandler, Task> delivery) : AsyncWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Fail(Exception exception) => _done.TrySetException(exception);

        protected override async Task RunAsync()
        {
            await Activation!.Consumers.DeliverAsync(subscription, delivery);
            _ = _done.TrySetResult();
        }
    }
}

/// <summary>The stream handlers of one activation. They end with it.</summary>
internal sealed partial class GrainConsumers(Activation activation)
{
    private readonly Dictionary<Guid, StreamHandler> _handlers = [];

    public GrainConsumer Address { get; } = new(activation.Silo, activation.GrainId);

    public void Set(Guid subscription, StreamHandler? handler)
    {
        if (handler is null)
        {
            _ = _handlers.Remove(subscription);
        }
        else
        {
            _handlers[subscription] = handler;
        }
    }

    public async Task DeliverAsync(Subscription subscription, Func<StreamHandler, Task> delivery)
    {
        if (!_handlers.TryGetValue(subscription.Id, out var handler))
        {
            if (activation.GrainInstance is IStreamSubscriptionObserver observer)
            {
                await observer.OnSubscribed(new HandleFactory(activation.Silo, subscription));
            }

            if (!_handlers.TryGetValue(subscription.Id, out handler))
            {
                LogDropped(activation.Silo.Log, activation.GrainId, subscription.Stream);
                return;
            }
        }

        await delivery(handler);
    }

    [Microsoft.Extensions.Logging.LoggerMessage(110, Microsoft.Extensions.Logging.LogLevel.Warning, "{GrainId} has no handler for its subscription to {Stream}; the event is dropped. Resume subscriptions in OnActivateAsync.")]
    private static partial void LogDropped(Microsoft.Extensions.Logging.ILogger logger, GrainId grainId, StreamId stream);

    private sealed class HandleFactory(SiloRuntime silo, Subscription subscription) : IStreamSubscriptionHandleFactory
    {
        public StreamId StreamId => subscription.Stream;

        public string ProviderName => subscription.Provider;

        public GuidId SubscriptionId { get; } = GuidId.GetGuidId(subscription.Id);

        public StreamSubscriptionHandle<T> Create<T>() => new SubscriptionHandle<T>(silo.PubSub.Provider(subscription.Provider)!, subscription);
    }
}

/// <summary>The stream handlers of one client, served one delivery at a time over all its streams.</summary>
internal sealed class ClientConsumers(SiloRuntime silo, bool external) : IConsumer
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, StreamHandler> _handlers = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Whether events reach it as copies whatever their type.</summary>
    public bool External { get; } = external;

    public void Set(Guid subscription, StreamHandler? handler)
    {
        if (handler is null)
        {
            _ = _handlers.TryRemove(subscription, out _);
        }
        else
        {
            _handlers[subscription] = handler;
        }
    }

    public Task DeliverAsync(Subscription subscription, Func<StreamHandler, Task> delivery)
    {
        var done = Task.Run(() => DeliverOneAsync(subscription, delivery));
        return done.WaitAsync(silo.Messaging.ResponseTimeout);
    }

    private async Task DeliverOneAsync(Subscription subscription, Func<StreamHandler, Task> delivery)
    {
        await _one.WaitAsync();
        try
        {
            if (_handlers.TryGetValue(subscription.Id, out var handler))
            {
                await delivery(handler);
            }
        }
        finally
        {
            _ = _one.Release();
        }
    }
}
