namespace Orleans.Streams.StandIn;

/// <summary>A stream as its producers and consumers see it.</summary>
internal sealed class Stream<T>(StreamProvider provider, StreamId id) : IAsyncStream<T>
{
    public StreamId StreamId { get; } = id;

    public string ProviderName => provider.Name;

    public bool IsRewindable => provider.IsRewindable;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => OnNextBatchAsync([item], token);

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
        => provider.Adapter.Direction == StreamProviderDirection.ReadOnly
            ? throw new InvalidOperationException($"Stream provider {ProviderName} is read-only.")
            : provider.Adapter.QueueMessageBatchAsync(StreamId, batch, token, RequestContextExtensions.Export());

    public Task OnCompletedAsync() => throw new NotImplementedException("Producers of a persistent stream cannot complete it.");

    public Task OnErrorAsync(Exception ex) => throw new NotImplementedException("Producers of a persistent stream cannot fail it.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => SubscribeAsync(observer, token: null);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return filterData is null
            ? SubscribeAsync(external => new ItemHandler<T>(observer, external), token)
            : throw new NotSupportedException("The Orleans stand-in has no stream filters.");
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => SubscribeAsync(observer, token: null);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return SubscribeAsync(external => new BatchHandler<T>(observer, external), token);
    }

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles()
    {
        var me = Consumer();
        var mine = provider.Silo.PubSub.Explicit(ProviderName, StreamId)
            .Concat(provider.Silo.PubSub.Implicit(ProviderName, StreamId))
            .Where(subscription => me.Equals(subscription.Consumer));
        return Task.FromResult<IList<StreamSubscriptionHandle<T>>>([.. mine.Select(subscription => new SubscriptionHandle<T>(provider, subscription))]);
    }

    private async Task<StreamSubscriptionHandle<T>> SubscribeAsync(Func<bool, StreamHandler> handler, StreamSequenceToken? token)
    {
        if (provider.PubSubType == StreamPubSubType.ImplicitOnly)
        {
            throw new InvalidOperationException($"Stream provider {ProviderName} allows implicit subscriptions only.");
        }

        if (token is not null && !IsRewindable)
        {
            throw new ArgumentNullException(nameof(token), "Passing a non-null token to a non-rewindable stream.");
        }

        Subscription subscription = new(Guid.NewGuid(), ProviderName, StreamId, Consumer(), token, Implicit: false);
        SubscriptionHandle<T> handle = new(provider, subscription);
        handle.SetHandler(handler);
        await provider.Silo.PubSub.SubscribeAsync(subscription);
        return handle;
    }

    private IConsumer Consumer() => SerialScheduler.CurrentActivation is { } activation ? activation.Consumers.Address : provider.Client;
}

internal sealed class SubscriptionHandle<T>(StreamProvider provider, Subscription subscription) : StreamSubscriptionHandle<T>
{
    private bool _used;

    public override StreamId StreamId => subscription.Stream;

    public override string ProviderName => subscription.Provider;

    public override Guid HandleId => subscription.Id;

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return ResumeAsync(external => new ItemHandler<T>(observer, external), token);
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return ResumeAsync(external => new BatchHandler<T>(observer, external), token);
    }

    public override async Task UnsubscribeAsync()
    {
        Use();
        SetHandler(null);
        await provider.Silo.PubSub.UnsubscribeAsync(subscription);
    }

    public void SetHandler(Func<bool, StreamHandler>? create)
    {
        if (SerialScheduler.CurrentActivation is { } activation && activation.Consumers.Address.Equals(subscription.Consumer))
        {
            activation.Consumers.Set(subscription.Id, create?.Invoke(false));
        }
        else
        {
            provider.Client.Set(subscription.Id, create?.Invoke(provider.Client.External));
        }
    }

    private async Task<StreamSubscriptionHandle<T>> ResumeAsync(Func<bool, StreamHandler> create, StreamSequenceToken? token)
    {
        if (!provider.Silo.PubSub.Exists(subscription))
        {
            throw new InvalidOperationException("The subscription does not exist any more.");
        }

        Use();
        SetHandler(create);
        if (token is not null && provider.Silo.PubSub.Provider(ProviderName)?.Agents is { } agents)
        {
            await agents.For(StreamId).RewindAsync(subscription with { Token = token });
        }

        return new SubscriptionHandle<T>(provider, subscription);
    }

    private void Use()
    {
        if (_used)
        {
            throw new InvalidOperationException("Handle is no longer valid. It has been used to unsubscribe or resume.");
        }

        _used = true;
    }
}
