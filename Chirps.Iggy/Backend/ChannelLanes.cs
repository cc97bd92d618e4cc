using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Messages to one channel on their way to the lanes of its partitions. Those sent before it is known how many partitions it has wait for that, and
/// keep their order; when it cannot be found out, they are queued. Any thread.
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="link">Knows the partitions.</param>
/// <param name="ask">Finds the partitions out, making the channel when there is none. Answers whether that went well; when not, the messages given are taken care of. Never throws.</param>
/// <param name="send">Sends a batch to a partition and answers its senders. Never throws.</param>
internal sealed class ChannelLanes(string channel, IggyLink link, Func<string, Func<IReadOnlyList<Outgoing>>, Task<bool>> ask, Func<string, uint, IReadOnlyList<Outgoing>, Task> send)
{
    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly Dictionary<uint, PublishLane> _lanes = [];
    private bool _isAsking;

    /// <summary>Adds a message.</summary>
    public void Add(Outgoing message)
    {
        lock (_gate)
        {
            if (!_isAsking && TryPlace(message))
            {
                return;
            }

            _waiting.Enqueue(message);
            if (_isAsking)
            {
                return;
            }

            _isAsking = true;
        }

        _ = AskAsync();
    }

    private async Task AskAsync()
    {
        while (true)
        {
            var found = await ask(channel, TakeAll).ConfigureAwait(false);
            lock (_gate)
            {
                while (found && _waiting.TryPeek(out var next) && TryPlace(next))
                {
                    _waiting.Dequeue();
                }

                if (_waiting.Count == 0)
                {
                    _isAsking = false;
                    return;
                }
            }
        }
    }

    private IReadOnlyList<Outgoing> TakeAll()
    {
        lock (_gate)
        {
            Outgoing[] all = [.. _waiting];
            _waiting.Clear();
            return all;
        }
    }

    /// <summary>Under the gate: puts a message into the lane of its partition, if that is known.</summary>
    private bool TryPlace(Outgoing message)
    {
        if (DurableChannels.IsInbox(channel))
        {
            LaneOf(0).Add(message);
            return true;
        }

        if (!link.TryGetPartitions(channel, out var partitions))
        {
            return false;
        }

        var key = DurableChannels.PartitioningOf(channel, message.Header.OrderingKey ?? message.Header.Topic).Key;
        LaneOf(Partitioning.PartitionOf(key.Span, (uint)partitions)).Add(message);
        return true;
    }

    private PublishLane LaneOf(uint partition)
    {
        if (!_lanes.TryGetValue(partition, out var lane))
        {
            _lanes[partition] = lane = new PublishLane(batch => send(channel, partition, batch));
        }

        return lane;
    }
}
