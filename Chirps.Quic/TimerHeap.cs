namespace Chirps.Quic;

/// <summary>Connections by the time they next need attention. Used by the endpoint's thread.</summary>
internal sealed class TimerHeap
{
    private QuicConnection[] _heap = new QuicConnection[16];
    private int _count;

    /// <summary>The earliest time, or <see cref="ulong.MaxValue"/>.</summary>
    public ulong Next => _count == 0 ? ulong.MaxValue : _heap[0].TimerKey;

    /// <summary>The connection due at <see cref="Next"/>; stays in the heap.</summary>
    public QuicConnection First => _heap[0];

    /// <summary>Moves a connection to another time, adding it if needed; <see cref="ulong.MaxValue"/> removes it.</summary>
    public void Set(QuicConnection connection, ulong time)
    {
        var index = connection.TimerIndex;
        if (time == ulong.MaxValue)
        {
            connection.TimerKey = time;
            if (index >= 0)
            {
                RemoveAt(index);
                connection.TimerIndex = -1;
            }

            return;
        }

        if (index < 0)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, _count * 2);
            }

            index = _count++;
            connection.TimerKey = time;
            Place(connection, index);
            Up(index);
            return;
        }

        var earlier = time < connection.TimerKey;
        connection.TimerKey = time;
        if (earlier)
        {
            Up(index);
        }
        else
        {
            Down(index);
        }
    }

    private void RemoveAt(int index)
    {
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (index == _count)
        {
            return;
        }

        Place(last, index);
        Up(index);
        Down(last.TimerIndex);
    }

    private void Up(int index)
    {
        var moving = _heap[index];
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].TimerKey <= moving.TimerKey)
            {
                break;
            }

            Place(_heap[parent], index);
            index = parent;
        }

        Place(moving, index);
    }

    private void Down(int index)
    {
        var moving = _heap[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _heap[child + 1].TimerKey < _heap[child].TimerKey)
            {
                child++;
            }

            if (_heap[child].TimerKey >= moving.TimerKey)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(moving, index);
    }

    private void Place(QuicConnection connection, int index)
    {
        _heap[index] = connection;
        connection.TimerIndex = index;
    }
}
