using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Node;

/// <summary>Something for the protocol loop: a datagram, or a transfer that came over a stream, in a rented buffer, or a command.</summary>
internal readonly record struct LoopInput(PeerSource From, byte[]? Buffer, int Length, bool IsTransfer, Action<SwimEngine, MeshInstant>? Command);

/// <summary>
/// The bounded inbox of the protocol loop: any thread posts, one takes. Waiting uses the waiting thread alone, no
/// timer and no pool, so that the protocol keeps its time when the pool is starved.
/// </summary>
internal sealed class LoopInbox(int capacity)
{
    private readonly LoopInput[] _ring = new LoopInput[capacity];
    private readonly object _gate = new();
    private int _first;
    private int _count;
    private bool _waiting;
    private bool _closed;

    /// <returns><see langword="false"/>, with nothing changed, when the inbox is full or closed.</returns>
    public bool TryPost(in LoopInput input)
    {
        lock (_gate)
        {
            if (_closed || _count == _ring.Length)
            {
                return false;
            }

            _ring[(_first + _count++) % _ring.Length] = input;
            if (_waiting)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>How much waits.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public bool TryTake(out LoopInput input)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                input = default;
                return false;
            }

            input = _ring[_first];
            _ring[_first] = default;
            _first = (_first + 1) % _ring.Length;
            _count--;
            return true;
        }
    }

    /// <summary>Waits until something is there, the inbox is closed, or the time is up.</summary>
    /// <returns><see langword="false"/> once the inbox is closed.</returns>
    public bool Wait(TimeSpan most)
    {
        lock (_gate)
        {
            if (_count == 0 && !_closed && most > TimeSpan.Zero)
            {
                _waiting = true;
                Monitor.Wait(_gate, most);
                _waiting = false;
            }

            return !_closed;
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }
}
