using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime.StandIn;

/// <summary>One living instance of a grain: admits requests one at a time (unless allowed otherwise) and runs them on its scheduler.</summary>
internal sealed partial class Activation : IGrainContext, IWorkTarget
{
    private readonly Lock _gate = new();
    private readonly Queue<WorkItem> _waiting = new();
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Guid> _reentrancy = [];
    private readonly IServiceScope _scope;
    private State _state = State.Activating;
    private int _running;
    private int _exclusive;
    private int _readOnly;
    private int _overtakers;
    private long _lastUse = Environment.TickCount64;
    private long _keepUntil;
    private DeactivationReason? _leaving;

    public Activation(SiloRuntime silo, GrainClass grainClass, GrainId id)
    {
        (Silo, Class, GrainId) = (silo, grainClass, id);
        _scope = silo.Services.GetRequiredService<IServiceScopeFactory>().CreateScope();
        Scheduler = new(this);
    }

    private enum State
    {
        Activating,
        Ready,
        Deactivating,
        Gone,
    }

    public SiloRuntime Silo { get; }

    public GrainClass Class { get; }

    public SerialScheduler Scheduler { get; }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public Task Deactivated => _deactivated.Task;

    public GrainReference GrainReference => GrainReference.Create(Silo, Class.PrimaryInterface, GrainId);

    /// <summary>Requests that run or wait.</summary>
    public int Load => Volatile.Read(ref _running) + _waiting.Count;

    public bool IsReady => _state == State.Ready;

    public void Begin() => Scheduler.Post(new ActivateWork(this));

    public bool TryEnqueue(WorkItem item)
    {
        lock (_gate)
        {
            if (_state == State.Gone)
            {
                return false;
            }

            if (item.CountsAsUse)
            {
                _lastUse = Environment.TickCount64;
            }

            if (MayStart(item) && (_waiting.Count == 0 || MayOvertake(item)))
            {
                Start(item);
            }
            else
            {
                _waiting.Enqueue(item);
                _overtakers += MayOvertake(item) ? 1 : 0;
            }

            return true;
        }
    }

    public void Completed(WorkItem item)
    {
        lock (_gate)
        {
            _running--;
            if (!item.Interleaves)
            {
                _exclusive--;
                _readOnly -= item.ReadOnly ? 1 : 0;
            }

            if (item.CountsAsUse)
            {
                _lastUse = Environment.TickCount64;
            }

            StartWaiting();
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state is State.Deactivating or State.Gone)
            {
                return;
            }

            _leaving ??= deactivationReason;
            StartWaiting();
        }
    }

    public void DelayDeactivation(TimeSpan span)
    {
        lock (_gate)
        {
            _keepUntil = span == Timeout.InfiniteTimeSpan || span == TimeSpan.MaxValue ? long.MaxValue : Environment.TickCount64 + (long)span.TotalMilliseconds;
        }
    }

    /// <summary>Deactivates when unused for at least <paramref name="age"/>.</summary>
    public void CollectIfIdle(TimeSpan age)
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            if (_state != State.Ready || Load > 0 || now < _keepUntil || now - _lastUse < age.TotalMilliseconds)
            {
                return;
            }
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, "Not used for the collection age."));
    }

    public void EnterReentrancy(Guid id)
    {
        lock (_gate)
        {
            _reentrancy.Add(id);
        }
    }

    public void LeaveReentrancy(Guid id)
    {
        lock (_gate)
        {
            _ = _reentrancy.Remove(id);
        }
    }

    private bool MayStart(WorkItem item)
        => _state == State.Ready && (_running == 0
            ? _leaving is null
            : item.Interleaves || (_leaving is null && (Class.Reentrant || _exclusive == 0 || (item.ReadOnly && _readOnly == _exclusive)))
                || (item.Reentrancy != Guid.Empty && _reentrancy.Contains(item.Reentrancy)));

    private void Start(WorkItem item)
    {
        _running++;
        if (!item.Interleaves)
        {
            _exclusive++;
            _readOnly += item.ReadOnly ? 1 : 0;
        }

        item.Activation = this;
        Scheduler.Post(item);
    }

    private void StartWaiting()
    {
        if (_leaving is not null && _running == 0 && _state == State.Ready)
        {
            _state = State.Deactivating;
            Scheduler.Post(new DeactivateWork(this));
            return;
        }

        while (_waiting.TryPeek(out var next) && (next.Abandoned || MayStart(next)))
        {
            _ = _waiting.Dequeue();
            StartUnlessAbandoned(next);
        }

        for (var left = _overtakers > 0 ? _waiting.Count : 0; left > 0; left--)
        {
            var item = _waiting.Dequeue();
            if (MayOvertake(item) && MayStart(item))
            {
                StartUnlessAbandoned(item);
            }
            else
            {
                _waiting.Enqueue(item);
            }
        }
    }

    private void StartUnlessAbandoned(WorkItem item)
    {
        _overtakers -= MayOvertake(item) ? 1 : 0;
        if (!item.Abandoned)
        {
            Start(item);
        }
    }

    /// <summary>Whether it need not wait behind requests that cannot start yet.</summary>
    private static bool MayOvertake(WorkItem item) => item.Interleaves || item.Reentrancy != Guid.Empty;
}
