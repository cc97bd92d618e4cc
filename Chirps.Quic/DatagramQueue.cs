namespace Chirps.Quic;

/// <summary>Datagrams of one class waiting to be sent. Any thread enqueues; whoever runs the connection takes.</summary>
/// <remarks>Buffers are made on first use and reused; as many stay allocated as ever waited at a time.</remarks>
internal sealed class DatagramQueue
{
    /// <summary>Size of a buffer, but for a datagram that needs a larger one: what fits into a packet of Ethernet.</summary>
    private const int UsualSize = 1452;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly Stack<Datagram> _spare = new();
    private Datagram?[] _ring = new Datagram?[8]; // its length is a power of two
    private int _head;
    private int _count;
    private long _dropped;
    private Datagram? _current;

    public DatagramQueue(int capacity) => _capacity = capacity;

    /// <summary>Datagrams dropped because newer ones needed the room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool IsEmpty => Volatile.Read(ref _count) == 0 && _current == null;

    /// <summary>Copies a datagram in; when the queue is full the oldest one makes room.</summary>
    /// <returns><see langword="false"/> when one was dropped for it.</returns>
    public bool Enqueue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        lock (_lock)
        {
            var full = _count == _capacity;
            if (full)
            {
                _spare.Push(TakeFirst());
                Interlocked.Increment(ref _dropped);
            }

            var length = head.Length + body.Length;
            if (!_spare.TryPop(out var datagram) || datagram.Buffer.Length < length)
            {
                datagram = new Datagram(new byte[Math.Max(length, UsualSize)]);
            }

            head.CopyTo(datagram.Buffer);
            body.CopyTo(datagram.Buffer.AsSpan(head.Length));
            datagram.Length = length;
            Add(datagram);
            return !full;
        }
    }

    /// <summary>The datagram to send next. It is out of the queue already, so that no producer can drop it under our hands.</summary>
    public Datagram? Peek()
    {
        if (_current == null && Volatile.Read(ref _count) != 0)
        {
            lock (_lock)
            {
                _current = TakeFirst();
            }
        }

        return _current;
    }

    /// <summary>The datagram of the last <see cref="Peek"/> is done with.</summary>
    public void Pop()
    {
        lock (_lock)
        {
            _spare.Push(_current!);
            _current = null;
        }
    }

    private void Add(Datagram datagram)
    {
        if (_count == _ring.Length)
        {
            var larger = new Datagram?[_count * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
            }

            _ring = larger;
            _head = 0;
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = datagram;
        Volatile.Write(ref _count, _count + 1);
    }

    private Datagram TakeFirst()
    {
        var first = _ring[_head]!;
        _ring[_head] = null;
        _head = (_head + 1) & (_ring.Length - 1);
        Volatile.Write(ref _count, _count - 1);
        return first;
    }
}
