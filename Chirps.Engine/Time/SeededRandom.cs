using System.Numerics;

namespace Chirps.Engine.Time;

/// <summary>The only source of chance in deciding code: xoshiro256** seeded through splitmix64.</summary>
/// <remarks>
/// Our own generator because the sequence of the platform's seeded generator is not promised across .NET versions.
/// The algorithms are those of Blackman and Vigna (public domain, prng.di.unimi.it). Not for secrets. Not thread-safe:
/// it belongs to the machine it was handed to.
/// </remarks>
public sealed class SeededRandom
{
    private readonly ulong _seed;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the sequence that belongs to a seed.</summary>
    /// <param name="seed">Any value; equal seeds give equal sequences.</param>
    public SeededRandom(ulong seed)
    {
        _seed = seed;
        var state = seed;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>A child generator named by its purpose.</summary>
    /// <remarks>Depends on the seed and the label only, never on how much was drawn before, so that a new draw in one place does not change another.</remarks>
    /// <param name="label">The purpose.</param>
    /// <returns>An independent generator.</returns>
    public SeededRandom Split(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var hash = 14695981039346656037UL;
        foreach (var letter in label)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return Split(hash);
    }

    /// <summary>A child generator named by a number.</summary>
    /// <param name="label">The number.</param>
    /// <returns>An independent generator.</returns>
    public SeededRandom Split(ulong label)
    {
        var state = _seed ^ BitOperations.RotateLeft(label, 32) ^ 0x9E3779B97F4A7C15UL;
        return new SeededRandom(SplitMix(ref state) + label);
    }

    /// <summary>Draws 64 uniformly distributed bits.</summary>
    /// <returns>The bits.</returns>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Draws a number in [0, <paramref name="exclusiveMax"/>) without bias.</summary>
    /// <param name="exclusiveMax">The bound, at least one.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is zero or negative; nothing was drawn.</exception>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveMax, 1);

        // Lemire's multiplication method: reject the few values that would favour small results.
        var bound = (uint)exclusiveMax;
        var product = (NextUInt64() >> 32) * bound;
        if ((uint)product < bound)
        {
            var threshold = (uint)-exclusiveMax % bound;
            while ((uint)product < threshold)
            {
                product = (NextUInt64() >> 32) * bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Draws a number in [0, 1) with 53 random bits.</summary>
    /// <returns>The number.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws a duration in [0, <paramref name="exclusiveMax"/>).</summary>
    /// <param name="exclusiveMax">The bound.</param>
    /// <returns>The duration.</returns>
    public TimeSpan NextDuration(TimeSpan exclusiveMax) => exclusiveMax * NextDouble();

    /// <summary>Puts items in uniformly random order (Fisher-Yates).</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items, shuffled in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var chosen = Next(last + 1);
            (items[last], items[chosen]) = (items[chosen], items[last]);
        }
    }

    /// <summary>Picks one item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">At least one item.</param>
    /// <returns>The item.</returns>
    public T Pick<T>(ReadOnlySpan<T> items) => items[Next(items.Length)];

    /// <summary>Picks one item.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">At least one item.</param>
    /// <returns>The item.</returns>
    public T Pick<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
