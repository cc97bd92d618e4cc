namespace Orleans.Streams
{
    public interface IBatchContainer
    {
        StreamId StreamId { get; }

        StreamSequenceToken SequenceToken { get; }

        IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>();

        /// <summary>Makes the producer's request context that of the delivery.</summary>
        bool ImportRequestContext();
    }

    public interface IQueueAdapterFactory
    {
        Task<IQueueAdapter> CreateAdapter();

        IQueueAdapterCache GetQueueAdapterCache();

        IStreamQueueMapper GetStreamQueueMapper();

        Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId);
    }

    public interface IQueueAdapter
    {
        string Name { get; }

        bool IsRewindable { get; }

        StreamProviderDirection Direction { get; }

        Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext);

        IQueueAdapterReceiver CreateReceiver(QueueId queueId);
    }

    public interface IQueueAdapterReceiver
    {
        Task Initialize(TimeSpan timeout);

        Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount);

        /// <summary>Acknowledges batches that every consumer is done with.</summary>
        Task MessagesDeliveredAsync(IList<IBatchContainer> messages);

        Task Shutdown(TimeSpan timeout);
    }

    public interface IQueueAdapterCache
    {
        IQueueCache CreateQueueCache(QueueId queueId);
    }

    public interface IQueueFlowController
    {
        int GetMaxAddCount();
    }

    /// <summary>What was read from a queue and is still needed. Used by one agent, never concurrently.</summary>
    public interface IQueueCache : IQueueFlowController
    {
        void AddToCache(IList<IBatchContainer> messages);

        bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems);

        IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token);

        bool IsUnderPressure();

        void UpdateDeliveryProgress(StreamSequenceToken? token, DateTime utcNow)
        {
        }
    }

    public interface IQueueCacheCursor : IDisposable
    {
        IBatchContainer GetCurrent(out Exception exception);

        bool MoveNext();

        void Refresh(StreamSequenceToken token);

        void RecordDeliveryFailure();
    }

    public interface IStreamQueueMapper
    {
        IEnumerable<QueueId> GetAllQueues();

        QueueId GetQueueForStream(StreamId streamId);
    }

    /// <summary>Which queues a silo reads. The stand-in is one silo: it asks once.</summary>
    public interface IStreamQueueBalancer
    {
        Task Initialize(IStreamQueueMapper queueMapper);

        Task Shutdown();

        IEnumerable<QueueId> GetMyQueues();

        bool SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer);

        bool UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer);
    }

    public interface IStreamQueueBalanceListener
    {
        Task QueueDistributionChangeNotification();
    }

    public interface IStreamFailureHandler
    {
        /// <summary>Whether an explicit subscription ends when an event could not be delivered. Spelled as published.</summary>
        bool ShouldFaultSubsriptionOnError { get; }

        Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken);

        Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken);
    }

    public sealed class NoOpStreamDeliveryFailureHandler(bool faultOnError) : IStreamFailureHandler
    {
        public NoOpStreamDeliveryFailureHandler()
            : this(faultOnError: false)
        {
        }

        public bool ShouldFaultSubsriptionOnError { get; } = faultOnError;

        public Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) => Task.CompletedTask;

        public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) => Task.CompletedTask;
    }

    public enum StreamProviderDirection
    {
        None,
        ReadOnly,
        WriteOnly,
        ReadWrite,
    }

    public enum StreamPubSubType
    {
        ExplicitGrainBasedAndImplicit,
        ExplicitGrainBasedOnly,
        ImplicitOnly,
    }

    public static class QueueAdapterConstants
    {
        public const int UNLIMITED_GET_QUEUE_MSG = -1;
    }
}

namespace Orleans.Streams.Core
{
    /// <summary>A consumer that is told, by the first event of a subscription it has no handler for, that it is subscribed.</summary>
    public interface IStreamSubscriptionObserver
    {
        Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
    }

    public interface IStreamSubscriptionHandleFactory
    {
        StreamId StreamId { get; }

        string ProviderName { get; }

        GuidId SubscriptionId { get; }

        StreamSubscriptionHandle<T> Create<T>();
    }
}
