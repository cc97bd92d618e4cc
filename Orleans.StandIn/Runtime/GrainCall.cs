using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.StandIn;

namespace Orleans.Runtime.StandIn;

/// <summary>A call on its way: waits at the activation, runs, and completes the caller's task exactly once.</summary>
internal abstract class GrainCall(GrainMethod method, GrainReference reference, object?[] arguments, bool external) : WorkItem
{
    private CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _callerCancels;
    private Activity? _outgoing;

    public override bool Interleaves => Method.AlwaysInterleave;

    public override bool ReadOnly => Method.ReadOnly;

    public override Guid Reentrancy => RequestContext.ReentrancyOf(Context);

    /// <summary>When the caller stops waiting, in milliseconds of <see cref="Environment.TickCount64"/>; and the neighbours that end at about the same time.</summary>
    public long Deadline { get; set; }

    public GrainCall? Earlier { get; set; }

    public GrainCall? Later { get; set; }

    public Deadlines.Line? Line { get; set; }

    protected GrainMethod Method { get; } = method;

    protected GrainReference Reference { get; } = reference;

    protected object?[] Arguments { get; } = arguments;

    protected bool External { get; } = external;

    protected Dictionary<string, object>? Context { get; private set; }

    /// <summary>The options of the caller.</summary>
    private MessagingOptions Messaging { get; } = reference.Messaging;

    public void Send()
    {
        var silo = Reference.Silo;
        if (Method.TokenIndex >= 0 && !AdoptToken((CancellationToken)Arguments[Method.TokenIndex]!))
        {
            return;
        }

        if (!silo.AcceptsCalls)
        {
            Fail(silo.NotActive(Reference.GrainId));
            return;
        }

        var context = RequestContext.Snapshot;
        _outgoing = Messaging.PropagatesActivities ? ActivityPropagation.StartOutgoing(Method, ref context) : null;
        Context = context;
        if (!Method.OneWay)
        {
            silo.Deadlines.Add(this, Method.Timeout ?? Messaging.ResponseTimeout);
        }

        try
        {
            Reference.Dispatch(this);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    public void TimedOut(TimeSpan limit)
    {
        Fail(new TimeoutException($"Response did not arrive on time in {limit} for {Method.Name} of {Reference.GrainId}."));
        if (Messaging.CancelRequestOnTimeout)
        {
            CancelGrain();
        }
    }

    /// <summary>Ends what surrounds the call; the caller's task is completed by the subclass.</summary>
    protected void Release(Exception? exception = null)
    {
        ActivityPropagation.Stop(Interlocked.Exchange(ref _outgoing, null), exception);
        _callerCancels.Dispose();
        Reference.Silo.Deadlines.Remove(this);
    }

    protected abstract void CanceledByCaller(CancellationToken token);

    private bool AdoptToken(CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            CanceledByCaller(token);
            return false;
        }

        if (token.CanBeCanceled || Messaging.CancelRequestOnTimeout)
        {
            _cancellation = new();
            Arguments[Method.TokenIndex] = _cancellation.Token;
            _callerCancels = token.UnsafeRegister(
                static (state, token) =>
                {
                    var call = (GrainCall)state!;
                    call.CancelGrain();
                    if (!call.Messaging.WaitForCancellationAcknowledgement)
                    {
                        call.CanceledByCaller(token);
                    }
                },
                this);
        }

        return true;
    }

    private void CancelGrain() => _ = _cancellation?.CancelAsync();
}

internal sealed partial class GrainCall<T>(GrainMethod<T> method, GrainReference reference, object?[] arguments, bool external) : GrainCall(method, reference, arguments, external)
{
    private readonly TaskCompletionSource<T>? _response = method.OneWay ? null : new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Response => _response!.Task;

    public override bool Abandoned => _response?.Task.IsCompleted ?? false;

    public override void Run()
    {
        Activity? activity = null;
        try
        {
            RequestContext.Snapshot = Context;
            Activation!.Class.Called();
            activity = Reference.Silo.Messaging.PropagatesActivities ? ActivityPropagation.StartIncoming(Method, Context) : null;
            var pending = method.Target(Activation.GrainInstance!, Arguments);
            if (!pending.IsCompletedSuccessfully)
            {
                _ = AwaitAsync(pending, activity);
                return;
            }

            ActivityPropagation.Stop(activity, null);
            Respond(pending.Result);
        }
        catch (Exception exception)
        {
            ActivityPropagation.Stop(activity, exception);
            FailFromGrain(exception);
        }

        Ended();
    }

    public override void Fail(Exception exception)
    {
        Release(exception);
        if (exception is OperationCanceledException canceled)
        {
            _ = _response?.TrySetCanceled(canceled.CancellationToken);
        }
        else
        {
            _ = _response?.TrySetException(exception);
        }
    }

    protected override void CanceledByCaller(CancellationToken token)
    {
        Release();
        _ = _response?.TrySetCanceled(token);
    }

    private async Task AwaitAsync(ValueTask<T> pending, Activity? activity)
    {
        try
        {
            var result = await pending;
            ActivityPropagation.Stop(activity, null);
            Respond(result);
        }
        catch (Exception exception)
        {
            ActivityPropagation.Stop(activity, exception);
            FailFromGrain(exception);
        }

        Ended();
    }

    private void Respond(T result)
    {
        if (_response is not null)
        {
            var copy = Copiers.Copy(result, External);
            Release();
            _ = _response.TrySetResult(copy!);
        }
    }

    private void FailFromGrain(Exception exception)
    {
        if (_response is null)
        {
            LogOneWayFailed(Activation!.Silo.Log, exception, Method.Name, Reference.GrainId);
        }

        Fail(External && !Copiers.CanCross(exception.GetType())
            ? new CodecNotFoundException($"Could not find a codec for exception type {exception.GetType()}: {exception.Message}")
            : exception);
    }

    [LoggerMessage(104, LogLevel.Warning, "One-way call {Method} of {GrainId} failed; its caller does not learn of it")]
    private static partial void LogOneWayFailed(ILogger logger, Exception exception, string method, GrainId grainId);
}
