namespace Chirps.Engine.Membership;

/// <summary>The round trip to one member, smoothed (RFC 6298, section 2).</summary>
/// <param name="Smoothed">The smoothed round trip; zero before the first sample.</param>
/// <param name="Deviation">How much the samples vary.</param>
internal readonly record struct RttEstimate(TimeSpan Smoothed, TimeSpan Deviation)
{
    /// <summary>Whether a sample was taken.</summary>
    public bool IsKnown => Smoothed > TimeSpan.Zero;

    /// <summary>What an answer takes at most, usually: the smoothed round trip and four deviations.</summary>
    public TimeSpan Bound => Smoothed + (Deviation * 4);

    /// <summary>The estimate after another sample: the time from a ping to its own answer.</summary>
    public RttEstimate With(TimeSpan sample)
    {
        sample = sample > TimeSpan.Zero ? sample : TimeSpan.FromTicks(1);
        return IsKnown
            ? new RttEstimate((Smoothed * 0.875) + (sample * 0.125), (Deviation * 0.75) + ((Smoothed - sample).Duration() * 0.25))
            : new RttEstimate(sample, sample / 2);
    }

    /// <summary>How long to wait for an answer: the bound within limits, the longest wait before the first sample.</summary>
    public TimeSpan Timeout(TimeSpan min, TimeSpan max) => !IsKnown || Bound > max ? max : Bound < min ? min : Bound;
}
