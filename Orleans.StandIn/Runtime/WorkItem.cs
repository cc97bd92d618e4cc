namespace Orleans.Runtime.StandIn;

/// <summary>One request of an activation: a call, a timer tick or a stream delivery.</summary>
internal abstract class WorkItem
{
    /// <summary>The activation that runs it; set when it starts.</summary>
    public Activation? Activation { get; set; }

    public virtual bool Interleaves => false;

    public virtual bool ReadOnly => false;

    public virtual bool CountsAsUse => true;

    /// <summary>The call chain that may come back to an activation it already passed.</summary>
    public virtual Guid Reentrancy => Guid.Empty;

    /// <summary>Whether nobody waits for it any more, so that it need not start.</summary>
    public virtual bool Abandoned => false;

    /// <summary>Executes on the activation's scheduler and ends with <see cref="Ended"/>.</summary>
    public abstract void Run();

    /// <summary>Ends it without having run.</summary>
    public abstract void Fail(Exception exception);

    protected void Ended() => Activation?.Completed(this);
}

/// <summary>A work item made of an asynchronous function.</summary>
internal abstract class AsyncWorkItem : WorkItem
{
    public sealed override void Run() => _ = RunToEnd();

    protected abstract Task RunAsync();

    private async Task RunToEnd()
    {
        try
        {
            await RunAsync();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        Ended();
    }
}

/// <summary>Something that executes work items: an activation, or a group of stateless workers.</summary>
internal interface IWorkTarget
{
    /// <returns><see langword="false"/>, with nothing changed, when the target is gone.</returns>
    bool TryEnqueue(WorkItem item);
}
