namespace Orleans.Runtime.StandIn;

/// <summary>Runs its tasks and work items one at a time, in order, on the thread pool. Awaits inside them come back here.</summary>
internal sealed class SerialScheduler(Activation? activation = null) : TaskScheduler, IThreadPoolWorkItem
{
    private const int TurnsPerSlice = 64;

    [ThreadStatic]
    private static SerialScheduler? _pumping;

    private readonly Lock _gate = new();
    private readonly Queue<object> _work = new();
    private bool _scheduled;

    /// <summary>The activation whose code runs on this thread now, if any.</summary>
    public static Activation? CurrentActivation => (Current as SerialScheduler)?.Activation;

    public Activation? Activation { get; } = activation;

    public void Post(WorkItem item) => Enqueue(item);

    void IThreadPoolWorkItem.Execute()
    {
        _pumping = this;
        try
        {
            for (var turn = 0; turn < TurnsPerSlice; turn++)
            {
                object? next;
                lock (_gate)
                {
                    if (!_work.TryDequeue(out next))
                    {
                        _scheduled = false;
                        return;
                    }
                }

                Run(next);
            }
        }
        finally
        {
            _pumping = null;
        }

        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && _pumping == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _work.OfType<Task>()];
        }
    }

    private void Enqueue(object work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Run(object work)
    {
        if (work is Task task)
        {
            _ = TryExecuteTask(task);
            return;
        }

        // A work item starts here, on a clean execution context: nothing ambient of its sender flows into the grain.
        new Task(static item => ((WorkItem)item!).Run(), work).RunSynchronously(this);
    }
}
