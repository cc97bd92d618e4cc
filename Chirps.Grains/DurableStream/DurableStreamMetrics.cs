using System.Diagnostics.Metrics;

namespace Chirps.Grains.DurableStream;

/// <summary>What the provider of durable streams counts.</summary>
public sealed class DurableStreamMetrics
{
    private readonly Counter<long> _deadLetters;
    private long _stored;

    /// <summary>Makes the instruments.</summary>
    public DurableStreamMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _deadLetters = meters.Create("Chirps.Grains").CreateCounter<long>("chirps.durable.dead_letters", "{message}", "Messages of durable streams that could not be delivered.");
    }

    /// <summary>How many messages were put into dead letters.</summary>
    public long DeadLetters => Volatile.Read(ref _stored);

    internal void DeadLetterStored()
    {
        _ = Interlocked.Increment(ref _stored);
        _deadLetters.Add(1, new KeyValuePair<string, object?>("outcome", "stored"));
    }

    internal void DeadLetterLost() => _deadLetters.Add(1, new KeyValuePair<string, object?>("outcome", "lost"));
}
