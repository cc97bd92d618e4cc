using System.Diagnostics;

namespace Chirps.Engine.Membership;

/// <summary>Datagrams waiting to be taken, in pooled buffers: urgent ones first, else in order. Bounded.</summary>
/// <param name="capacity">The most datagrams of each urgency.</param>
/// <param name="datagramBytesMax">Bytes of a buffer.</param>
internal sealed class Outbox(int capacity, int datagramBytesMax)
{
    private readonly Queue<Entry> _urgent = new();
    private readonly Queue<Entry> _ordinary = new();
    private readonly Stack<byte[]> _pool = new();
    private byte[]? _handedOut;

    /// <summary>How many datagrams wait.</summary>
    public int Count => _urgent.Count + _ordinary.Count;

    /// <summary>How many ordinary datagrams there is room for.</summary>
    public int Room => capacity - _ordinary.Count;

    /// <summary>Takes a buffer, to be given back by <see cref="TryAdd"/>.</summary>
    public byte[] Rent()
    {
        Recycle();
        return _pool.TryPop(out var buffer) ? buffer : new byte[datagramBytesMax];
    }

    /// <summary>Takes a rented buffer back unused.</summary>
    public void Return(byte[] buffer) => _pool.Push(buffer);

    /// <summary>Queues a datagram.</summary>
    /// <returns><see langword="false"/>, with the buffer back in the pool, when too many wait.</returns>
    public bool TryAdd(byte[] buffer, int length, MemberId target, MemberAddress address, bool urgent)
    {
        var queue = urgent ? _urgent : _ordinary;
        if (queue.Count >= capacity)
        {
            _pool.Push(buffer);
            return false;
        }

        queue.Enqueue(new Entry(buffer, length, target, address));
        return true;
    }

    /// <summary>Takes the next datagram. Its bytes stay valid until the next call on this object.</summary>
    public bool TryTake(out OutgoingDatagram datagram)
    {
        Recycle();
        var urgent = _urgent.TryDequeue(out var entry);
        if (!urgent && !_ordinary.TryDequeue(out entry))
        {
            datagram = default;
            return false;
        }

        Debug.Assert(entry.Length <= datagramBytesMax, "A datagram never outgrows its buffer");
        _handedOut = entry.Buffer;
        datagram = new OutgoingDatagram(entry.Target, entry.Address, entry.Buffer.AsMemory(0, entry.Length), urgent);
        return true;
    }

    private void Recycle()
    {
        if (_handedOut is not null)
        {
            _pool.Push(_handedOut);
            _handedOut = null;
        }
    }

    private readonly record struct Entry(byte[] Buffer, int Length, MemberId Target, MemberAddress Address);
}
