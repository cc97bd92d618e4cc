using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>The bytes of one stream from the first unacknowledged one on, in native blocks.</summary>
/// <remarks>Appending may be done by any thread; <see cref="Gather"/>, <see cref="MarkSent"/> and <see cref="Acknowledge"/>
/// by whoever runs the connection. Offsets count from the start of the stream. Writers exclude each other while they copy;
/// the lock they share with the runner covers the list of blocks alone, so that a large write never holds up packets.</remarks>
internal sealed unsafe class SendBuffer
{
    private const long NobodyWaits = -1;

    private readonly BlockPool _pool;
    private readonly Lock _writeLock = new(); // taken before the other
    private readonly Lock _lock = new();
    private nint[] _blocks = new nint[4]; // a ring; its length is a power of two
    private int _head;
    private int _count;
    private long _base; // offset of the first byte of the first block
    private long _acknowledged;
    private long _sent;
    private long _end;
    private long _reserved; // beyond the end while a write is being copied
    private long _writableAt = NobodyWaits;
    private bool _completed;
    private bool _closed;

    public SendBuffer(BlockPool pool) => _pool = pool;

    /// <summary>Whether more can be appended.</summary>
    public bool IsOpen => !Volatile.Read(ref _completed) && !Volatile.Read(ref _closed);

    /// <summary>Bytes not yet acknowledged.</summary>
    public long Buffered => Volatile.Read(ref _end) - Volatile.Read(ref _acknowledged);

    /// <summary>Whether bytes or the end of the stream wait to be sent.</summary>
    public bool HasWork => !Volatile.Read(ref _closed) && (Volatile.Read(ref _end) > _sent || (Volatile.Read(ref _completed) && !EndSent));

    /// <summary>Only the end of the stream is left to send, which needs no credit.</summary>
    public bool HasOnlyEnd => Volatile.Read(ref _completed) && !EndSent && Volatile.Read(ref _end) == _sent;

    /// <summary>The end of the stream is in a packet.</summary>
    public bool EndSent { get; private set; }

    /// <summary>Appends both parts, or nothing.</summary>
    /// <remarks>A refusal for want of room is remembered: <see cref="Acknowledge"/> reports when the same bytes would fit.</remarks>
    public bool TryAppend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int limit)
    {
        lock (_writeLock)
        {
            var length = (long)head.Length + body.Length;
            if (!TryReserve(length, limit))
            {
                return false;
            }

            var end = _end;
            Copy(head, end);
            Copy(body, end + head.Length);
            Volatile.Write(ref _end, end + length);
            return true;
        }
    }

    /// <summary>Nothing may be appended any more; the end follows what is buffered.</summary>
    public void Complete()
    {
        lock (_writeLock)
        {
            Volatile.Write(ref _completed, true);
        }
    }

    /// <summary>Points at up to <paramref name="max"/> bytes that were not sent yet.</summary>
    /// <param name="vectors">Receives the pieces.</param>
    /// <param name="vectorMax">Room in <paramref name="vectors"/>.</param>
    /// <param name="max">Bytes wanted at most.</param>
    /// <param name="total">Bytes pointed at.</param>
    /// <param name="end">Whether they reach the end of the stream.</param>
    /// <returns>Pieces used.</returns>
    public int Gather(NgVec* vectors, int vectorMax, long max, out long total, out bool end)
    {
        lock (_lock)
        {
            var completed = Volatile.Read(ref _completed); // first: once it is set the end stays
            var position = _sent;
            var left = Math.Min(max, Volatile.Read(ref _end) - position);
            var count = 0;
            while (left > 0 && count < vectorMax)
            {
                var offset = position - _base;
                var within = (int)(offset % BlockPool.BlockSize);
                var take = Math.Min(left, BlockPool.BlockSize - within);
                vectors[count].Base = Block((int)(offset / BlockPool.BlockSize)) + within;
                vectors[count].Length = (nuint)take;
                count++;
                position += take;
                left -= take;
            }

            total = position - _sent;
            end = completed && position == _end;
            return count;
        }
    }

    public void MarkSent(long bytes, bool end)
    {
        _sent += bytes;
        EndSent |= end;
    }

    /// <summary>Nothing that was sent has arrived: all of it is to be sent again. Only when nothing was acknowledged.</summary>
    public void Rewind()
    {
        _sent = Volatile.Read(ref _acknowledged);
        EndSent = false;
    }

    /// <summary>The stream takes no more: what is buffered counts as sent.</summary>
    public void Abandon()
    {
        lock (_writeLock)
        {
            _sent = _end;
            Volatile.Write(ref _completed, true);
            EndSent = true;
        }
    }

    /// <summary>Frees what is acknowledged.</summary>
    /// <returns>True once when a refused write would fit now.</returns>
    public bool Acknowledge(long upTo)
    {
        lock (_lock)
        {
            if (_closed || upTo <= _acknowledged)
            {
                return false;
            }

            Volatile.Write(ref _acknowledged, upTo);
            while (_count > 0 && (_base + BlockPool.BlockSize <= upTo || upTo == _reserved))
            {
                ReturnFirst();
            }

            if (_count == 0)
            {
                _base = upTo; // an idle stream holds no block
            }

            var writable = _writableAt != NobodyWaits && _end - upTo <= _writableAt && !_completed;
            if (writable)
            {
                _writableAt = NobodyWaits;
            }

            return writable;
        }
    }

    /// <summary>Frees everything. Only after ngtcp2 has forgotten the stream: it keeps pointers for retransmission.</summary>
    public void Close()
    {
        lock (_writeLock)
        {
            lock (_lock)
            {
                Volatile.Write(ref _closed, true);
                while (_count > 0)
                {
                    ReturnFirst();
                }
            }
        }
    }

    private byte* Block(int index) => (byte*)_blocks[(_head + index) & (_blocks.Length - 1)];

    private void ReturnFirst()
    {
        _pool.Return((byte*)_blocks[_head]);
        _head = (_head + 1) & (_blocks.Length - 1);
        _count--;
        _base += BlockPool.BlockSize;
    }

    /// <summary>Claims the bytes after the end; a refusal for want of room is remembered.</summary>
    private bool TryReserve(long length, int limit)
    {
        lock (_lock)
        {
            if (_completed || _closed)
            {
                return false;
            }

            if (_end - _acknowledged + length > limit)
            {
                if (length <= limit)
                {
                    var writableAt = Math.Min(limit / 2, limit - length);
                    _writableAt = _writableAt == NobodyWaits ? writableAt : Math.Min(_writableAt, writableAt);
                }

                return false;
            }

            _reserved = _end + length;
            return true;
        }
    }

    /// <summary>Copies into the reserved room, which nobody frees or reads meanwhile.</summary>
    private void Copy(ReadOnlySpan<byte> data, long at)
    {
        while (data.Length > 0)
        {
            var target = Target(at, out var room);
            var take = Math.Min(data.Length, room);
            data[..take].CopyTo(new Span<byte>(target, take));
            data = data[take..];
            at += take;
        }
    }

    private byte* Target(long at, out int room)
    {
        lock (_lock)
        {
            var offset = at - _base;
            var index = (int)(offset / BlockPool.BlockSize);
            var within = (int)(offset % BlockPool.BlockSize);
            if (index == _count)
            {
                AddBlock();
            }

            room = BlockPool.BlockSize - within;
            return Block(index) + within;
        }
    }

    private void AddBlock()
    {
        if (_count == _blocks.Length)
        {
            var larger = new nint[_count * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _blocks[(_head + i) & (_blocks.Length - 1)];
            }

            _blocks = larger;
            _head = 0;
        }

        _blocks[(_head + _count) & (_blocks.Length - 1)] = (nint)_pool.Rent();
        _count++;
    }
}
