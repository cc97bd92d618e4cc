using Microsoft.Extensions.Logging;
using Orleans.Streams.StandIn;

namespace Orleans.Runtime.StandIn;

/// <content>Birth and death of an activation, and its timers.</content>
internal sealed partial class Activation
{
    private readonly List<GrainTimer> _timers = [];
    private GrainConsumers? _consumers;

    /// <summary>Its stream handlers.</summary>
    public GrainConsumers Consumers => _consumers ??= new(this);

    private ILogger Log => Silo.Log;

    public GrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        GrainTimer timer = new(this, callback, options);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
        {
            _ = _timers.Remove(timer);
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            GrainInstance = Create();
            using CancellationTokenSource limit = new(Silo.Collection.ActivationTimeout);
            await ((IGrainBase)GrainInstance).OnActivateAsync(limit.Token);
            lock (_gate)
            {
                _state = State.Ready;
                StartWaiting();
            }
        }
        catch (Exception exception)
        {
            LogActivationFailed(Log, exception, GrainId);
            await LeaveAsync();
            foreach (var item in Leftovers())
            {
                item.Fail(exception);
            }
        }
    }

    private object Create()
    {
        try
        {
            return Class.Create(ActivationServices);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{Class.Type.FullName}'. See {nameof(Exception.InnerException)} for details.", exception);
        }
    }

    private async Task DeactivateAsync()
    {
        try
        {
            using CancellationTokenSource limit = new(Silo.Collection.DeactivationTimeout);
            await ((IGrainBase)GrainInstance!).OnDeactivateAsync(_leaving!.Value, limit.Token).WaitAsync(Silo.Collection.DeactivationTimeout);
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(Log, exception, GrainId);
        }

        await LeaveAsync();
        foreach (var item in Leftovers())
        {
            Silo.Catalog.Dispatch(GrainId, item);
        }
    }

    private async Task LeaveAsync()
    {
        GrainTimer[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }

        try
        {
            if (GrainInstance is IAsyncDisposable later)
            {
                await later.DisposeAsync();
            }
            else
            {
                (GrainInstance as IDisposable)?.Dispose();
            }
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(Log, exception, GrainId);
        }

        _scope.Dispose();
    }

    /// <summary>Leaves the catalog. From here on nothing is queued here; what waited is the caller's to place.</summary>
    private WorkItem[] Leftovers()
    {
        WorkItem[] waiting;
        lock (_gate)
        {
            _state = State.Gone;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Silo.Catalog.Remove(this);
        _ = _deactivated.TrySetResult();
        return waiting;
    }

    [LoggerMessage(101, LogLevel.Error, "Activating {GrainId} failed")]
    private static partial void LogActivationFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(102, LogLevel.Error, "Deactivating {GrainId} failed")]
    private static partial void LogDeactivationFailed(ILogger logger, Exception exception, GrainId grainId);

    private sealed class ActivateWork(Activation activation) : WorkItem
    {
        public override void Run() => _ = activation.ActivateAsync();

        public override void Fail(Exception exception)
        {
        }
    }

    private sealed class DeactivateWork(Activation activation) : WorkItem
    {
        public override void Run() => _ = activation.DeactivateAsync();

        public override void Fail(Exception exception)
        {
        }
    }
}
