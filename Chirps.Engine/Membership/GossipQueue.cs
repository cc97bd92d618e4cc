using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>Updates waiting to be passed on: at most one per subject, the least sent first.</summary>
/// <remarks>
/// SWIM paper, section 4.1 (piggybacked dissemination, fewest transmissions first, lambda log n each); memberlist's order: among
/// equally often sent the largest that fits, then the newest. An update that does not fit a datagram is skipped and stays.
/// The queue holds subjects, so what is sent is always the newest fact about them.
/// </remarks>
internal sealed class GossipQueue
{
    private readonly List<MemberRecord> _queue = [];
    private readonly List<MemberRecord> _sent = [];
    private readonly int _depthMin;
    private ulong _order;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="depthMin">The limit that holds however small the cluster is.</param>
    public GossipQueue(int depthMin) => _depthMin = depthMin;

    /// <summary>How many updates wait.</summary>
    public int Count => _queue.Count;

    /// <summary>The most updates that may wait: twice the members, or the configured minimum.</summary>
    public int LimitFor(int members) => Math.Max(_depthMin, 2 * members);

    /// <summary>Queues the newest fact about a subject as unsent, in place of an older one.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="members">How many members there are now.</param>
    /// <returns>How many updates, sent most often already, gave way.</returns>
    public int Enqueue(MemberRecord subject, int members)
    {
        Remove(subject);
        subject.IsQueued = true;
        subject.Transmissions = 0;
        subject.QueueOrder = ++_order;
        Insert(subject);
        var dropped = 0;
        for (var limit = LimitFor(members); _queue.Count > limit; dropped++)
        {
            _queue[^1].IsQueued = false;
            _queue.RemoveAt(_queue.Count - 1);
        }

        return dropped;
    }

    /// <summary>Removes the update about a subject, if there is one.</summary>
    public void Remove(MemberRecord subject)
    {
        if (subject.IsQueued)
        {
            subject.IsQueued = false;
            _queue.Remove(subject);
        }
    }

    /// <summary>Drops every update: there is nobody to tell, and whoever joins gets the whole table.</summary>
    public void Clear()
    {
        foreach (var subject in _queue)
        {
            subject.IsQueued = false;
        }

        _queue.Clear();
    }

    /// <summary>Fills the rest of a datagram and counts what went in as sent once more.</summary>
    /// <param name="writer">The datagram.</param>
    /// <param name="skip">A subject whose fact is in the datagram already.</param>
    /// <param name="transmissionsMax">After so many transmissions an update is finished.</param>
    /// <returns>How many updates went in.</returns>
    public int Fill(ref ByteWriter writer, MemberRecord? skip, int transmissionsMax)
    {
        _sent.Clear();
        var kept = 0;
        for (var index = 0; index < _queue.Count; index++)
        {
            var subject = _queue[index];
            if (writer.Room > WireFact.FixedBytes && subject != skip && subject.FactBytes <= writer.Room)
            {
                subject.ToFact().Write(ref writer);
                _sent.Add(subject);
            }
            else if (kept == index && writer.Room <= WireFact.FixedBytes)
            {
                return 0;
            }
            else
            {
                _queue[kept++] = subject;
            }
        }

        _queue.RemoveRange(kept, _queue.Count - kept);
        foreach (var subject in _sent)
        {
            subject.Transmissions++;
            subject.IsQueued = subject.Transmissions < transmissionsMax;
            if (subject.IsQueued)
            {
                Insert(subject);
            }
        }

        return _sent.Count;
    }

    private void Insert(MemberRecord subject)
    {
        var low = 0;
        var high = _queue.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(_queue[middle], subject) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        _queue.Insert(low, subject);
    }

    private static int Compare(MemberRecord left, MemberRecord right)
    {
        var order = left.Transmissions.CompareTo(right.Transmissions);
        order = order != 0 ? order : right.FactBytes.CompareTo(left.FactBytes);
        return order != 0 ? order : right.QueueOrder.CompareTo(left.QueueOrder);
    }
}
