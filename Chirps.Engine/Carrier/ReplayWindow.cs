using System.Numerics;

namespace Chirps.Engine.Carrier;

/// <summary>Which of the last counters of one process were taken (RFC 4303, section 3.4.3). What is older counts as taken.</summary>
internal sealed class ReplayWindow
{
    /// <summary>How many counters back a late packet may come.</summary>
    /// <remarks>A second of the most one peer may send, with room to spare; 128 bytes for each sender.</remarks>
    public const int Size = 1024;

    private const int WordBits = 64;

    private readonly ulong[] _taken = new ulong[Size / WordBits];
    private ulong _highest;
    private bool _any;

    /// <summary>Whether a packet with this counter may still be taken.</summary>
    public bool IsFresh(ulong counter)
        => !_any || counter > _highest || (_highest - counter < Size && (_taken[WordOf(counter)] & BitOf(counter)) == 0);

    /// <summary>Takes a fresh counter.</summary>
    public void Take(ulong counter)
    {
        if (!_any || counter > _highest)
        {
            Advance(counter);
        }

        _taken[WordOf(counter)] |= BitOf(counter);
    }

    /// <summary>Forgets the counters whose places the new ones get.</summary>
    private void Advance(ulong counter)
    {
        if (!_any || counter - _highest >= Size)
        {
            Array.Clear(_taken);
        }
        else
        {
            for (var passed = _highest + 1; passed <= counter; passed++)
            {
                _taken[WordOf(passed)] &= ~BitOf(passed);
            }
        }

        _any = true;
        _highest = counter;
    }

    private static int WordOf(ulong counter) => (int)(counter % Size / WordBits);

    private static ulong BitOf(ulong counter) => BitOperations.RotateLeft(1UL, (int)(counter % WordBits));
}
