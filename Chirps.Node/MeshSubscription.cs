using System.Threading.Channels;

namespace Chirps.Node;

/// <summary>
/// A subscriber's own bounded queue. When its reader is slow, only this queue fills: the newest message is lost
/// for this subscriber and counted. One reader at a time.
/// </summary>
public sealed class MeshSubscription : IDisposable
{
    /// <summary>Instead of a topic: every message, whatever its topic, but those between nodes, of consensus groups for example.</summary>
    public const string AllTopics = "*";

    private readonly Channel<InboundMessage> _queue;
    private readonly Action<MeshSubscription> _remove;
    private long _received;
    private long _dropped;

    internal MeshSubscription(string topic, int capacity, Action<MeshSubscription> remove)
    {
        Topic = topic;
        Capacity = capacity;
        _remove = remove;
        _queue = Channel.CreateBounded<InboundMessage>(new BoundedChannelOptions(capacity) { SingleReader = true });
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>How many messages may wait.</summary>
    public int Capacity { get; }

    /// <summary>Waiting messages. Dispose each after use: its buffer is used again.</summary>
    public ChannelReader<InboundMessage> Messages => _queue.Reader;

    /// <summary>Messages lost because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages put into the queue.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Ends the subscription. Messages still waiting can be read; then the reader completes.</summary>
    public void Dispose()
    {
        _remove(this);
        _queue.Writer.TryComplete();
    }

    internal bool TryPost(InboundMessage message)
    {
        message.AddReference();
        if (_queue.Writer.TryWrite(message))
        {
            Interlocked.Increment(ref _received);
            return true;
        }

        message.Dispose();
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Waits for room. A subscription that has ended takes nothing.</summary>
    internal async ValueTask PostAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        message.AddReference();
        try
        {
            await _queue.Writer.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _received);
        }
        catch (Exception exception)
        {
            message.Dispose();
            if (exception is not ChannelClosedException)
            {
                throw;
            }
        }
    }

    internal SubscriptionReport Report() => new(Topic, _queue.Reader.Count, Capacity, Received, Dropped);
}
