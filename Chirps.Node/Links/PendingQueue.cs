namespace Chirps.Node.Links;

/// <summary>Sends that wait, in order; any of them can leave at once. Allocates nothing. One caller at a time.</summary>
internal sealed class PendingQueue
{
    private PendingSend? _first;
    private PendingSend? _last;
    private int _count;

    /// <summary>How many wait. Any thread may read it.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Their payload bytes.</summary>
    public long Bytes { get; private set; }

    public PendingSend? First => _first;

    public void Add(PendingSend send)
    {
        send.Queue = this;
        send.Previous = _last;
        send.Next = null;
        if (_last is null)
        {
            _first = send;
        }
        else
        {
            _last.Next = send;
        }

        _last = send;
        Bytes += send.Payload.Length;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <returns><see langword="false"/>, with nothing changed, when the send does not wait here.</returns>
    public bool Remove(PendingSend send)
    {
        if (send.Queue != this)
        {
            return false;
        }

        if (send.Previous is { } previous)
        {
            previous.Next = send.Next;
        }
        else
        {
            _first = send.Next;
        }

        if (send.Next is { } next)
        {
            next.Previous = send.Previous;
        }
        else
        {
            _last = send.Previous;
        }

        send.Queue = null;
        send.Previous = null;
        send.Next = null;
        Bytes -= send.Payload.Length;
        Volatile.Write(ref _count, _count - 1);
        return true;
    }
}
