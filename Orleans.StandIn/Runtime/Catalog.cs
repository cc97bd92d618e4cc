using System.Collections.Concurrent;

namespace Orleans.Runtime.StandIn;

/// <summary>The activations of the silo, by identity.</summary>
internal sealed class Catalog(SiloRuntime silo)
{
    private const int LeavingRounds = 3;
    private readonly Lock _creating = new();
    private readonly ConcurrentDictionary<GrainId, IWorkTarget> _targets = new();
    private readonly ConcurrentDictionary<Activation, bool> _activations = new();

    public IEnumerable<Activation> Activations => _activations.Keys;

    public int Count => _activations.Count;

    /// <summary>Queues work at the grain's activation, creating one when there is none.</summary>
    public IWorkTarget Dispatch(GrainId id, WorkItem item)
    {
        SpinWait wait = default;
        while (true)
        {
            var target = _targets.TryGetValue(id, out var known) ? known : CreateTarget(id);
            if (target.TryEnqueue(item))
            {
                return target;
            }

            wait.SpinOnce();
        }
    }

    public Activation? Find(GrainId id) => _activations.Keys.FirstOrDefault(activation => activation.GrainId.Equals(id));

    /// <summary>Adds an activation, which the caller begins once it is where work looks for it.</summary>
    public Activation Add(GrainClass grainClass, GrainId id)
    {
        Activation activation = new(silo, grainClass, id);
        _ = _activations.TryAdd(activation, true);
        return activation;
    }

    public void Remove(Activation activation)
    {
        _ = _activations.TryRemove(activation, out _);
        if (_targets.TryGetValue(activation.GrainId, out var target))
        {
            if (target is StatelessWorkers workers)
            {
                workers.Remove(activation);
            }
            else
            {
                _ = _targets.TryRemove(new KeyValuePair<GrainId, IWorkTarget>(activation.GrainId, activation));
            }
        }
    }

    /// <summary>Deactivates everything and waits, each activation no longer than the deactivation timeout.</summary>
    public async Task DeactivateAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A grain that leaves may call another, which begins anew: hence more than one round.
            for (var round = 0; round < LeavingRounds && Count > 0; round++)
            {
                var all = Activations.ToArray();
                foreach (var activation in all)
                {
                    activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo is shutting down."), cancellationToken);
                }

                await Task.WhenAll(all.Select(static activation => activation.Deactivated)).WaitAsync(silo.Collection.DeactivationTimeout, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            silo.LogUnfinished(_activations.Count);
        }
    }

    private IWorkTarget CreateTarget(GrainId id)
    {
        lock (_creating)
        {
            if (_targets.TryGetValue(id, out var known))
            {
                return known;
            }

            var grainClass = silo.Classes.Get(id.Type);
            if (grainClass.MaxLocalWorkers is { } max)
            {
                return _targets[id] = new StatelessWorkers(this, grainClass, id, max);
            }

            var activation = Add(grainClass, id);
            _targets[id] = activation;
            activation.Begin();
            return activation;
        }
    }
}
