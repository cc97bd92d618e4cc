using Orleans.Runtime.Providers;

namespace Chirps.Grains.DurableStream;

/// <summary>Pauses of the agent that reads a queue, after an error there.</summary>
internal sealed class DurableReadBackoff(DurableStreamOptions options) : IQueueReaderBackoffProvider
{
    public TimeSpan Next(int attempt) => DurableBackoff.Doubled(options.RetryPauseMin, options.RetryPauseMax, attempt);
}
