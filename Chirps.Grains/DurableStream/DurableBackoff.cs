using Orleans.Runtime.Providers;

namespace Chirps.Grains.DurableStream;

/// <summary>Pauses between attempts to deliver a message that double from a shortest to a longest, and end with the last attempt; Orleans' own begin with seconds.</summary>
internal sealed class DurableBackoff(DurableStreamOptions options, DurableStreamMetrics metrics) : IMessageDeliveryBackoffProvider
{
    private const int DoublingsMax = 20;

    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempt">How many were made before it.</param>
    /// <exception cref="TimeoutException">It was the last. Orleans bounds the time of its attempts only; this is what ends them by number, for it gives up at any error here.</exception>
    public TimeSpan Next(int attempt)
    {
        if (attempt + 1 >= options.TriesMax)
        {
            throw new TimeoutException($"{options.TriesMax} attempts failed.");
        }

        metrics.Redelivered();
        return Doubled(options.RetryPauseMin, options.RetryPauseMax, attempt);
    }

    public static TimeSpan Doubled(TimeSpan min, TimeSpan max, int attempt)
        => TimeSpan.FromTicks(Math.Min(max.Ticks, min.Ticks << Math.Clamp(attempt, 0, DoublingsMax)));
}
