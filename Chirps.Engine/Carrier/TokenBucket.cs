using Chirps.Engine.Time;

namespace Chirps.Engine.Carrier;

/// <summary>Limits how often something happens: a rate in the long run, and a burst at once. Begins full.</summary>
/// <remarks>Kept as the one instant until which what was taken is paid for (the generic cell rate algorithm, ITU-T I.371).</remarks>
/// <param name="perSecond">Tokens that come in a second, at least 1.</param>
/// <param name="burst">Tokens it holds at most, at least 1.</param>
internal struct TokenBucket(int perSecond, int burst)
{
    private const long Second = 1_000_000_000;

    private readonly long _interval = Math.Max(1, Second / perSecond);
    private readonly long _span = Math.Max(1, Second / perSecond) * (burst - 1L);
    private long _paidUntil = long.MinValue;

    /// <summary>Takes a token.</summary>
    /// <returns>False, with nothing changed, when there is none.</returns>
    public bool TryTake(MeshInstant now)
    {
        var start = Math.Max(_paidUntil, now.Nanoseconds);
        if (start - now.Nanoseconds > _span)
        {
            return false;
        }

        _paidUntil = start + _interval;
        return true;
    }
}
