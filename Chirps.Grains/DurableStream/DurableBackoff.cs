using Orleans.Runtime.Providers;

namespace Chirps.Grains.DurableStream;

/// <summary>Pauses that double from a shortest to a longest; Orleans' own begin with seconds.</summary>
internal sealed class DurableBackoff(TimeSpan min, TimeSpan max) : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
{
    private const int DoublingsMax = 20;

    public TimeSpan Next(int attempt) => TimeSpan.FromTicks(Math.Min(max.Ticks, min.Ticks << Math.Clamp(attempt, 0, DoublingsMax)));
}
