namespace Orleans.Runtime.StandIn;

/// <summary>The activations of one stateless worker grain: an idle one serves, a new one is made when all are busy, up to the limit.</summary>
internal sealed class StatelessWorkers(Catalog catalog, GrainClass grainClass, GrainId id, int max) : IWorkTarget
{
    private readonly Lock _gate = new();
    private readonly List<Activation> _workers = [];

    public bool TryEnqueue(WorkItem item)
    {
        lock (_gate)
        {
            while (true)
            {
                var worker = Choose();
                if (worker.TryEnqueue(item))
                {
                    return true;
                }

                _ = _workers.Remove(worker);
            }
        }
    }

    public void Remove(Activation worker)
    {
        lock (_gate)
        {
            _ = _workers.Remove(worker);
        }
    }

    private Activation Choose()
    {
        Activation? least = null;
        foreach (var worker in _workers)
        {
            if (worker.Load == 0)
            {
                return worker;
            }

            least = least is null || worker.Load < least.Load ? worker : least;
        }

        if (least is not null && _workers.Count >= max)
        {
            return least;
        }

        var added = catalog.Add(grainClass, id);
        _workers.Add(added);
        added.Begin();
        return added;
    }
}
