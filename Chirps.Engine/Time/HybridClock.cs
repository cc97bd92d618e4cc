namespace Chirps.Engine.Time;

/// <summary>A hybrid logical clock: near the wall clock, and later than everything it made or saw before. One caller at a time.</summary>
/// <param name="aheadMaxMilliseconds">How far ahead of the wall clock a timestamp of another may be and still be followed: one wrong clock must not carry all others away.</param>
public sealed class HybridClock(long aheadMaxMilliseconds = 60_000)
{
    private ulong _last;

    /// <summary>A timestamp for something that happens here now.</summary>
    /// <param name="wallMilliseconds">The wall clock, in milliseconds since the Unix epoch; may go back.</param>
    public HybridTimestamp Next(long wallMilliseconds)
    {
        // An overflowing counter carries into the milliseconds, which keeps the order.
        _last = Math.Max(_last + 1, (ulong)wallMilliseconds << HybridTimestamp.CounterBits);
        return new HybridTimestamp(_last);
    }

    /// <summary>Takes note of another's timestamp: what happens here later gets a later one.</summary>
    /// <param name="wallMilliseconds">The wall clock, in milliseconds since the Unix epoch.</param>
    /// <param name="seen">The other's timestamp.</param>
    /// <returns><see langword="false"/>, with nothing changed, when it is too far ahead.</returns>
    public bool Observe(long wallMilliseconds, HybridTimestamp seen)
    {
        if (seen.Milliseconds - wallMilliseconds > aheadMaxMilliseconds)
        {
            return false;
        }

        _last = Math.Max(_last, seen.Value);
        return true;
    }
}
