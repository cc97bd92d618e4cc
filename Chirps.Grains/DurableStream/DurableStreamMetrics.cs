using System.Diagnostics.Metrics;

namespace Chirps.Grains.DurableStream;

/// <summary>What the provider of durable streams counts. Any thread.</summary>
public sealed class DurableStreamMetrics
{
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _redelivered;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _deadLetters;
    private readonly List<Func<long>> _lags = [];
    private long _deadLettersStored;
    private int _readers;

    /// <summary>Makes the instruments.</summary>
    public DurableStreamMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("Chirps.Grains");
        _delivered = meter.CreateCounter<long>("chirps.durable.stream.delivered", "{message}", "Messages of durable streams that subscribers have taken, or that were given up.");
        _redelivered = meter.CreateCounter<long>("chirps.durable.stream.redelivered", "{message}", "Attempts to deliver a message after the first.");
        _gaps = meter.CreateCounter<long>("chirps.durable.stream.gaps", "{gap}", "Gaps that subscribers were told of: messages not retained any more.");
        _deadLetters = meter.CreateCounter<long>("chirps.durable.stream.dead_letters", "{message}", "Messages that could not be delivered, by reason, and whether they lie in the dead letters.");
        _ = meter.CreateObservableGauge("chirps.durable.stream.readers", () => Readers, "{reader}", "Subscriptions that are read for.");
        _ = meter.CreateObservableGauge("chirps.durable.stream.lag", Lag, "{message}", "Messages stored and not delivered yet, summed over the subscriptions.");
    }

    /// <summary>How many messages were put into dead letters.</summary>
    public long DeadLetters => Volatile.Read(ref _deadLettersStored);

    /// <summary>How many subscriptions are read for.</summary>
    public int Readers => Volatile.Read(ref _readers);

    internal void Delivered() => _delivered.Add(1);

    internal void Redelivered() => _redelivered.Add(1);

    internal void GapMet() => _gaps.Add(1);

    internal void ReaderStarted() => Interlocked.Increment(ref _readers);

    internal void ReaderEnded() => Interlocked.Decrement(ref _readers);

    internal void DeadLetterStored(DeadLetterReason reason)
    {
        _ = Interlocked.Increment(ref _deadLettersStored);
        Count(reason, "stored");
    }

    internal void DeadLetterLost(DeadLetterReason reason) => Count(reason, "lost");

    internal void Watch(Func<long> lag)
    {
        lock (_lags)
        {
            _lags.Add(lag);
        }
    }

    internal void Unwatch(Func<long> lag)
    {
        lock (_lags)
        {
            _ = _lags.Remove(lag);
        }
    }

    private void Count(DeadLetterReason reason, string outcome) => _deadLetters.Add(
        1,
        new KeyValuePair<string, object?>("reason", NameOf(reason)),
        new KeyValuePair<string, object?>("outcome", outcome));

    internal static string NameOf(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Refused => "refused",
        DeadLetterReason.Unanswered => "unanswered",
        _ => "failed",
    };

    private long Lag()
    {
        lock (_lags)
        {
            return _lags.Sum(static lag => lag());
        }
    }
}
