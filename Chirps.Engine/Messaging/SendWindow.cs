namespace Chirps.Engine.Messaging;

/// <summary>
/// The messages sent on one lane and not yet settled, in the order of their sequence numbers. Bounded by count and
/// bytes; holds little memory until much is unsettled. One caller at a time.
/// </summary>
/// <typeparam name="T">What is kept for each message.</typeparam>
public sealed class SendWindow<T>
    where T : class
{
    private const int FirstRing = 16;

    private readonly int _countMax;
    private readonly long _bytesMax;
    private (T? Item, int Bytes)[] _ring = [];
    private long _bytes;

    /// <summary>Makes an empty window; the first message gets number 1.</summary>
    /// <param name="countMax">Most messages in it; a power of two.</param>
    /// <param name="bytesMax">Most payload bytes in it. One message of any size fits in an empty window.</param>
    public SendWindow(int countMax, long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        if (!System.Numerics.BitOperations.IsPow2(countMax))
        {
            throw new ArgumentException("A power of two is needed.", nameof(countMax));
        }

        _countMax = countMax;
        _bytesMax = bytesMax;
    }

    /// <summary>The number the next message gets.</summary>
    public ulong Next { get; private set; } = 1;

    /// <summary>The oldest number that is not settled; <see cref="Next"/> when all are.</summary>
    public ulong First { get; private set; } = 1;

    /// <summary>Messages in the window, abandoned ones included.</summary>
    public int Count => (int)(Next - First);

    /// <summary>Payload bytes in the window.</summary>
    public long Bytes => _bytes;

    /// <summary>Whether a message of this size may be added.</summary>
    public bool HasRoom(int bytes) => Count == 0 || (Count < _countMax && _bytes + bytes <= _bytesMax);

    /// <summary>Adds a message as number <see cref="Next"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no room; nothing changed.</exception>
    public void Add(T item, int bytes)
    {
        if (!HasRoom(bytes))
        {
            throw new InvalidOperationException("The window is full.");
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[Slot(Next)] = (item, bytes);
        _bytes += bytes;
        Next++;
    }

    /// <summary>The message with a number in the window; <see langword="null"/> when it was taken or abandoned.</summary>
    public T? this[ulong sequence] => sequence >= First && sequence < Next ? _ring[Slot(sequence)].Item : null;

    /// <summary>Begins to count anew: the messages from <paramref name="keptFrom"/> on get the numbers from 1 on; abandoned ones are left out.</summary>
    /// <param name="keptFrom">The first number that is kept.</param>
    /// <param name="removed">Receives the unsettled messages before it.</param>
    public void Restart(ulong keptFrom, List<T> removed)
    {
        var kept = new List<(T Item, int Bytes)>();
        for (var sequence = First; sequence < Next; sequence++)
        {
            ref var slot = ref _ring[Slot(sequence)];
            if (slot.Item is { } item)
            {
                if (sequence < keptFrom)
                {
                    removed.Add(item);
                }
                else
                {
                    kept.Add((item, slot.Bytes));
                }
            }

            slot = default;
        }

        (First, Next, _bytes) = (1, 1, 0);
        foreach (var (item, bytes) in kept)
        {
            _ring[Slot(Next)] = (item, bytes);
            _bytes += bytes;
            Next++;
        }
    }

    /// <summary>Whether an acknowledgement up to <paramref name="sequence"/> can be true.</summary>
    public bool WasSent(ulong sequence) => sequence < Next;

    /// <summary>Takes one unsettled message out of its turn, because it was refused.</summary>
    public bool TryTakeOne(ulong sequence, out T item)
    {
        item = null!;
        if (sequence < First || sequence >= Next || _ring[Slot(sequence)].Item is not { } found)
        {
            return false;
        }

        item = found;
        _ring[Slot(sequence)].Item = null;
        return true;
    }

    /// <summary>Takes the oldest message not later than <paramref name="upTo"/>, skipping those taken or abandoned before.</summary>
    public bool TryTake(ulong upTo, out T item)
    {
        while (First <= upTo && First < Next)
        {
            ref var slot = ref _ring[Slot(First)];
            var found = slot.Item;
            _bytes -= slot.Bytes;
            slot = default;
            First++;
            if (found is not null)
            {
                item = found;
                return true;
            }
        }

        item = null!;
        return false;
    }

    /// <summary>Gives up waiting for the messages that meet a condition; they keep their place until they are acknowledged.</summary>
    /// <param name="condition">Called once for each unsettled message, oldest first.</param>
    /// <param name="abandoned">Receives the messages taken.</param>
    public void Abandon(Predicate<T> condition, List<T> abandoned)
    {
        for (var sequence = First; sequence < Next; sequence++)
        {
            ref var slot = ref _ring[Slot(sequence)];
            if (slot.Item is { } item && condition(item))
            {
                slot.Item = null;
                abandoned.Add(item);
            }
        }
    }

    private void Grow()
    {
        var larger = new (T?, int)[Math.Max(FirstRing, _ring.Length * 2)];
        for (var sequence = First; sequence < Next; sequence++)
        {
            larger[(int)(sequence & (ulong)(larger.Length - 1))] = _ring[Slot(sequence)];
        }

        _ring = larger;
    }

    private int Slot(ulong sequence) => (int)(sequence & (ulong)(_ring.Length - 1));
}
