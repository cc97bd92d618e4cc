using System.Collections.Concurrent;
using Orleans.Concurrency;
using Orleans.Serialization;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Chirps.Tests.Conformance;

/// <summary>Gates a test opens and marks a grain leaves. Silo and test share the process; every test uses names of its own.</summary>
internal static class Signals
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new();

    public static Task Wait(string name) => Of(name).Task;

    public static void Set(string name) => Of(name).TrySetResult();

    public static bool IsSet(string name) => Of(name).Task.IsCompleted;

    private static TaskCompletionSource Of(string name) => _signals.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

public sealed class ConformancePlainGrain : Grain, IPlainGrain, IAsyncDisposable
{
    private int _count;
    private int _inside;
    private int _most;

    private string Me => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Signals.Set($"{Me}:deactivated:{reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Signals.Set(Signals.IsSet($"{Me}:deactivated:{DeactivationReasonCode.ApplicationRequested}") ? $"{Me}:disposed-after" : $"{Me}:disposed-before");
        return ValueTask.CompletedTask;
    }

    public Task<string> Key() => Task.FromResult(Me);

    public Task<string> Activation() => Task.FromResult(GrainContext.ActivationId.ToString());

    public ValueTask<int> Increment() => new(++_count);

    public Task<int> Overlap(string gate) => Enter(gate);

    public Task<int> Inside() => Task.FromResult(_inside);

    public Task<int> ReadOverlap(string gate) => Enter(gate);

    public async Task FireAndForget(string gate)
    {
        await Signals.Wait(gate);
        Signals.Set($"{gate}:ran");
        throw new InvalidOperationException("Nobody hears this.");
    }

    public async Task Slow(string gate)
    {
        await Signals.Wait(gate);
        Signals.Set($"{gate}:ended");
    }

    public async Task<bool> WaitForCancellation(string mark, CancellationToken cancellationToken)
    {
        Signals.Set($"{mark}:started");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(20), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Signals.Set($"{mark}:cancelled");
            throw;
        }

        return false;
    }

    public async Task<bool> ResumesOnScheduler()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current;
        await Task.Delay(1);
        return before != TaskScheduler.Default && before == afterYield && before == TaskScheduler.Current
            && await Task.Run(static () => TaskScheduler.Current) == TaskScheduler.Default;
    }

    public Task<string?> Trace(string key)
    {
        var seen = RequestContext.Get(key) as string;
        RequestContext.Set(key, "changed by the callee");
        return Task.FromResult(seen);
    }

    public Task<string?> TraceThrough(string key) => GrainFactory.GetGrain<IPlainGrain>($"{Me}-next").Trace(key);

    public Task SelfCall() => GrainFactory.GetGrain<IPlainGrain>(Me).Slow("open");

    public async Task SelfCallAllowed()
    {
        using var section = RequestContext.AllowCallChainReentrancy();
        _ = await GrainFactory.GetGrain<IPlainGrain>(Me).Key();
    }

    public Task Fail(string kind) => throw (kind switch
    {
        "declared" => new RefusedException("refused", 42),
        "undeclared" => new UndeclaredException("unheard of"),
        _ => new InvalidOperationException("not now"),
    });

    public Task LeaveWhenIdle()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task StartTimer(string mark)
    {
        var ticks = 0;
        _ = this.RegisterGrainTimer(
            _ =>
            {
                Signals.Set($"{mark}:{++ticks}");
                return ticks == 1 ? throw new InvalidOperationException("The first tick fails.") : Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)));
        return Task.CompletedTask;
    }

    private async Task<int> Enter(string gate)
    {
        _most = Math.Max(_most, ++_inside);
        await Signals.Wait(gate);
        _inside--;
        return _most;
    }
}

public sealed class ConformanceCopyGrain : Grain, ICopyGrain
{
    private static readonly Parcel _sent = new() { Label = "sent" };
    private static readonly Fixed _fixed = new("fixed");
    private Parcel _kept = new();

    private ICopyGrain Other => GrainFactory.GetGrain<ICopyGrain>($"{this.GetPrimaryKeyString()}-other");

    public Task<Parcel> Keep(Parcel parcel)
    {
        _kept = parcel;
        return Task.FromResult(parcel);
    }

    public Task<Parcel> Kept() => Task.FromResult(_kept);

    public Task<Stamp> EchoStamp(Stamp value) => Task.FromResult(value);

    public Task<Pair> EchoPair(Pair value) => Task.FromResult(value);

    public Task<object?> EchoAny(object? value) => Task.FromResult(value);

    public Task<ReadOnlyMemory<byte>> EchoBytes(ReadOnlyMemory<byte> value) => Task.FromResult(value);

    public async Task SendUndeclared(object value)
    {
        _ = await Assert.ThrowsAsync<CodecNotFoundException>(() => Other.EchoAny(new Undeclared()));
    }

    public Task<bool> SameInSilo() => Other.IsSame(_sent);

    public async Task<bool> ImmutableIsSameInSilo()
        => await Other.IsSameFixed(_fixed) && await Other.IsSameMarked(_sent) && await Other.IsSameWrapped(_sent.AsImmutable());

    public Task<bool> IsSame(Parcel parcel) => Task.FromResult(ReferenceEquals(parcel, _sent));

    public Task<bool> IsSameFixed(Fixed value) => Task.FromResult(ReferenceEquals(value, _fixed));

    public Task<bool> IsSameMarked(Parcel parcel) => Task.FromResult(ReferenceEquals(parcel, _sent));

    public Task<bool> IsSameWrapped(Immutable<Parcel> parcel) => Task.FromResult(ReferenceEquals(parcel.Value, _sent));
}

[Reentrant]
public sealed class ConformanceReentrantGrain : Grain, IReentrantGrain
{
    private int _inside;
    private int _most;

    public async Task<int> Overlap(string gate)
    {
        _most = Math.Max(_most, ++_inside);
        Signals.Set($"{gate}:inside:{_inside}");
        await Signals.Wait(gate);
        _inside--;
        return _most;
    }

    public Task SelfCall() => GrainFactory.GetGrain<IReentrantGrain>(this.GetPrimaryKeyString()).Touch();

    public Task Touch() => Task.CompletedTask;
}

[StatelessWorker(2)]
public sealed class ConformanceWorkerGrain : Grain, IWorkerGrain
{
    public async Task<string> Work(string gate)
    {
        Signals.Set($"{gate}:{GrainContext.ActivationId}");
        await Signals.Wait(gate);
        return GrainContext.ActivationId.ToString();
    }
}

public sealed class ConformanceFailingGrain : Grain, IFailingGrain
{
    public ConformanceFailingGrain(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (this.GetPrimaryKeyString().StartsWith("constructor", StringComparison.Ordinal))
        {
            throw new RefusedException("not constructed", 1);
        }
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
        => this.GetPrimaryKeyString().StartsWith("activate", StringComparison.Ordinal) ? throw new RefusedException("not activated", 2) : Task.CompletedTask;

    public Task Touch() => Task.CompletedTask;
}

public sealed class ConformanceListenerGrain : Grain, IListenerGrain
{
    private readonly List<string> _received = [];
    private bool _failed;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().StartsWith("resuming:", StringComparison.Ordinal))
        {
            foreach (var handle in await Stream(this.GetPrimaryKeyString()["resuming:".Length..]).GetAllSubscriptionHandles())
            {
                _ = await handle.ResumeAsync(OnNextAsync);
            }
        }
    }

    public async Task Subscribe(string stream) => await Stream(stream).SubscribeAsync(OnNextAsync);

    public async Task Unsubscribe(string stream)
    {
        foreach (var handle in await Stream(stream).GetAllSubscriptionHandles())
        {
            await handle.UnsubscribeAsync();
        }
    }

    public async Task<int> CountHandles(string stream) => (await Stream(stream).GetAllSubscriptionHandles()).Count;

    public Task<List<string>> Received() => Task.FromResult(_received);

    public Task Publish(string stream, string text) => Stream(stream).OnNextAsync(text);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Block(string gate) => Signals.Wait(gate);

    private IAsyncStream<string> Stream(string stream) => this.GetStreamProvider(OrleansCluster.Streams).GetStream<string>(StreamId.Create("conformance", stream));

    private Task OnNextAsync(string text, StreamSequenceToken? token)
    {
        if (text == "fails once" && !_failed)
        {
            _failed = true;
            throw new InvalidOperationException("Not yet.");
        }

        _received.Add(text);
        return Task.CompletedTask;
    }
}

[ImplicitStreamSubscription("conformance-implicit")]
public sealed class ConformanceImplicitGrain : Grain, IImplicitGrain, IStreamSubscriptionObserver
{
    private readonly List<string> _received = [];

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<string>().ResumeAsync((text, _) =>
    {
        _received.Add(text);
        return Task.CompletedTask;
    });

    public Task<List<string>> Received() => Task.FromResult(_received);
}
