using System.Collections.Concurrent;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;

namespace Chirps.Node;

/// <summary>Who gets which topic. Delivery never waits: a full queue is its subscriber's own loss.</summary>
internal sealed class SubscriberTable(int defaultCapacity, MeshMetrics metrics, string node = "")
{
    /// <summary>Strings kept for topics nobody subscribes to by name, so that a peer cannot make us keep more.</summary>
    private const int NamesMax = 1024;

    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private volatile MeshSubscription[] _subscriptions = [];

    public MeshSubscription Add(string topic, int capacity)
    {
        if (topic != MeshSubscription.AllTopics)
        {
            Topics.Check(topic);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        var subscription = new MeshSubscription(topic, capacity == 0 ? defaultCapacity : capacity, Remove);
        lock (_writing)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    /// <summary>Hands a message to every subscriber of its topic.</summary>
    /// <returns><see langword="null"/> when at least one has it in its queue, else why none has.</returns>
    public RefusalReason? Deliver(MemberId from, Profile profile, Guid id, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, in TraceContext trace = default)
    {
        var subscriptions = _subscriptions;
        if (subscriptions.Length == 0)
        {
            metrics.MessageDropped(DropReason.NoSubscriber);
            return RefusalReason.NoSubscriber;
        }

        var name = Name(topic);
        InboundMessage? message = null;
        var taken = false;
        foreach (var subscription in subscriptions)
        {
            if (!Wants(subscription, name))
            {
                continue;
            }

            if (message is null)
            {
                message = InboundMessage.Rent(from, name, profile, id, payload);
                message.Join(node, trace);
            }

            if (subscription.TryPost(message))
            {
                taken = true;
            }
            else
            {
                metrics.MessageDropped(DropReason.SubscriberFull);
            }
        }

        if (message is null)
        {
            metrics.MessageDropped(DropReason.NoSubscriber);
            return RefusalReason.NoSubscriber;
        }

        message.Dispose();
        if (!taken)
        {
            return RefusalReason.SubscriberFull;
        }

        metrics.MessageReceived(profile, payload.Length);
        return null;
    }

    /// <summary>Hands a stored message to every subscriber of its topic, and waits for room in each queue: it is not lost, the reading of stored messages waits.</summary>
    /// <returns>Whether there was a subscriber.</returns>
    public ValueTask<bool> DeliverAsync(MemberId from, Guid id, string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        => DeliverAsync(from, id, topic, payload, default, cancellationToken);

    /// <inheritdoc cref="DeliverAsync(MemberId, Guid, string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public async ValueTask<bool> DeliverAsync(MemberId from, Guid id, string topic, ReadOnlyMemory<byte> payload, TraceContext trace, CancellationToken cancellationToken)
    {
        var subscriptions = _subscriptions.Where(one => Wants(one, topic)).ToArray();
        if (subscriptions.Length == 0)
        {
            metrics.MessageDropped(DropReason.NoSubscriber);
            return false;
        }

        var message = InboundMessage.Rent(from, topic, Profile.Durable, id, payload.Span);
        message.Join(node, trace);
        try
        {
            foreach (var subscription in subscriptions)
            {
                await subscription.PostAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            message.Dispose();
        }

        metrics.MessageReceived(Profile.Durable, payload.Length);
        return true;
    }

    /// <summary>Whether anybody subscribes to what users send.</summary>
    public bool HasReaders => Array.Exists(_subscriptions, static one => !Topics.IsInternal(one.Topic));

    /// <summary>A message came again and was not handed over again.</summary>
    public void CountDuplicate() => metrics.DuplicateReceived();

    public IReadOnlyList<SubscriptionReport> Report() => [.. _subscriptions.Select(subscription => subscription.Report())];

    public void Close()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private static bool Wants(MeshSubscription subscription, string topic)
        => subscription.Topic == topic || (subscription.Topic == MeshSubscription.AllTopics && !Topics.IsInternal(topic));

    private void Remove(MeshSubscription subscription)
    {
        lock (_writing)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    private string Name(ReadOnlySpan<byte> topic)
    {
        Span<char> characters = stackalloc char[FrameCodec.TopicBytesMax];
        characters = characters[..Encoding.UTF8.GetChars(topic, characters)];
        if (_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out var name))
        {
            return name;
        }

        name = characters.ToString();
        if (_names.Count < NamesMax)
        {
            _names[name] = name;
        }

        return name;
    }
}
