namespace Orleans.Runtime.StandIn;

/// <summary>Starts observers stage by stage, upwards, and stops them downwards; those of one stage together.</summary>
internal sealed class SiloLifecycle : ISiloLifecycle
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        Entry entry = new(this, stage, observer);
        lock (_gate)
        {
            _entries.Add(entry);
        }

        return entry;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var last = (long)int.MinValue - 1;
        while (NextStage(last) is { } stage)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(At(stage).Select(entry => entry.Observer.OnStart(cancellationToken)));
            last = HighestCompletedStage = stage;
        }
    }

    /// <summary>Stops every stage that started. A failure does not keep the stages below from stopping; the first one is thrown at the end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach (var stage in Stages().Where(stage => stage <= HighestCompletedStage).OrderDescending())
        {
            try
            {
                await Task.WhenAll(At(stage).Select(entry => entry.Observer.OnStop(cancellationToken)));
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }

            LowestStoppedStage = stage;
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("Stopping the silo failed in part.", failures);
        }
    }

    private int? NextStage(long after)
    {
        var later = Stages().Where(stage => stage > after).ToArray();
        return later.Length == 0 ? null : later.Min();
    }

    private int[] Stages()
    {
        lock (_gate)
        {
            return [.. _entries.Select(static entry => entry.Stage).Distinct()];
        }
    }

    private Entry[] At(int stage)
    {
        lock (_gate)
        {
            return [.. _entries.Where(entry => entry.Stage == stage)];
        }
    }

    private sealed record Entry(SiloLifecycle Lifecycle, int Stage, ILifecycleObserver Observer) : IDisposable
    {
        public void Dispose()
        {
            lock (Lifecycle._gate)
            {
                _ = Lifecycle._entries.Remove(this);
            }
        }
    }
}
