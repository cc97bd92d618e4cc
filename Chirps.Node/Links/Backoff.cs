using System.Diagnostics;

namespace Chirps.Node.Links;

/// <summary>When the next dial to a peer is allowed: a pause that doubles with each failure, with jitter. One caller at a time.</summary>
internal sealed class Backoff
{
    private TimeSpan _pause;
    private long _notBefore;

    public bool IsOver => Stopwatch.GetTimestamp() >= _notBefore;

    public void Failed(TimeSpan first, TimeSpan most)
    {
        _pause = _pause == default ? first : TimeSpan.FromTicks(Math.Min(most.Ticks, _pause.Ticks * 2));

        // Half fixed, half chance: peers that lost the same node do not come back in step.
        var jittered = (_pause.TotalSeconds / 2) + (Random.Shared.NextDouble() * _pause.TotalSeconds / 2);
        _notBefore = Stopwatch.GetTimestamp() + (long)(jittered * Stopwatch.Frequency);
    }

    public void Succeeded()
    {
        _pause = default;
        _notBefore = 0;
    }
}
