namespace Chirps.Quic;

/// <summary>Limits how often something is done. Used by one thread.</summary>
internal sealed class TokenBucket(int perSecond, int burst)
{
    private readonly ulong _interval = Clock.Second / (ulong)perSecond;
    private readonly ulong _span = Clock.Second / (ulong)perSecond * (ulong)burst;
    private ulong _paidUntil;

    public bool TryTake(ulong now)
    {
        var start = Math.Max(_paidUntil, now);
        if (start - now > _span - _interval)
        {
            return false;
        }

        _paidUntil = start + _interval;
        return true;
    }
}
