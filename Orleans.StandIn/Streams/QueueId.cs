using Orleans.Configuration;

namespace Orleans.Streams;

[GenerateSerializer, Immutable]
public readonly struct QueueId : IEquatable<QueueId>, IComparable<QueueId>
{
    private readonly string _prefix;
    private readonly uint _id;
    private readonly uint _hash;

    private QueueId(string prefix, uint id, uint hash) => (_prefix, _id, _hash) = (prefix, id, hash);

    public static bool operator ==(QueueId left, QueueId right) => left.Equals(right);

    public static bool operator !=(QueueId left, QueueId right) => !left.Equals(right);

    public static QueueId GetQueueId(string queueName, uint queueId, uint hash) => new(queueName, queueId, hash);

    public string GetStringNamePrefix() => _prefix;

    public uint GetNumericId() => _id;

    public uint GetUniformHashCode() => _hash;

    public bool Equals(QueueId other) => _id == other._id && _hash == other._hash && _prefix == other._prefix;

    public override bool Equals(object? obj) => obj is QueueId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_prefix, _id, _hash);

    public int CompareTo(QueueId other) => _id != other._id ? _id.CompareTo(other._id) : string.CompareOrdinal(_prefix, other._prefix);

    public override string ToString() => $"{_prefix}-{_id}";
}

/// <summary>Spreads streams over a fixed number of queues by hash.</summary>
public class HashRingBasedStreamQueueMapper : IStreamQueueMapper
{
    private readonly QueueId[] _queues;

    public HashRingBasedStreamQueueMapper(HashRingStreamQueueMapperOptions options, string queueNamePrefix)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TotalQueueCount, 1);
        var portion = (uint)(((1L << 32) + options.TotalQueueCount - 1) / options.TotalQueueCount);
        _queues = [.. Enumerable.Range(0, options.TotalQueueCount).Select(i => QueueId.GetQueueId(queueNamePrefix, (uint)i, portion * (uint)i))];
    }

    public IEnumerable<QueueId> GetAllQueues() => _queues;

    public QueueId GetQueueForStream(StreamId streamId) => _queues[(int)((ulong)streamId.StableHash() * (ulong)_queues.Length >> 32)];
}
