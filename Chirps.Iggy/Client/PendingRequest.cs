using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>
/// A request whose answer is waited for. It is used again once both of its holders have let go: the connection, which must see the
/// answer even when nobody waits any more, and the caller, who takes the result. The caller goes on in a work item of its own, never
/// on the connection's receiving thread.
/// </summary>
internal sealed class PendingRequest : IValueTaskSource<ResponseLease>, IThreadPoolWorkItem
{
    private const int Waiting = 0;
    private const int Ended = 1;

    private readonly PendingPool _pool;
    private ManualResetValueTaskSourceCore<ResponseLease> _source;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private ResponseLease _response;
    private Exception? _failure;
    private int _state;
    private int _holders;

    /// <summary>Makes a request that belongs to a pool.</summary>
    public PendingRequest(PendingPool pool) => _pool = pool;

    /// <summary>What was asked.</summary>
    public IggyCommand Command { get; private set; }

    /// <summary>By what its answer is recognised.</summary>
    public RequestMark Mark { get; private set; }

    /// <summary>When the answer must be there, in ticks of the connection's clock.</summary>
    public long Deadline { get; private set; }

    /// <summary>When it was begun, in ticks of the connection's clock.</summary>
    public long Begun { get; private set; }

    /// <summary>Its place in the order of the connection's requests.</summary>
    public long Number { get; private set; }

    /// <summary>Whether somebody still waits.</summary>
    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Begins a use. Called by the connection with its lock held.</summary>
    public void Begin(IggyCommand command, in RequestMark mark, long number, long begun, long deadline)
    {
        Command = command;
        Mark = mark;
        Number = number;
        Begun = begun;
        Deadline = deadline;
        _response = default;
        _failure = null;
        _holders = 2;
        Volatile.Write(ref _state, Waiting);
    }

    /// <summary>What the caller awaits, once. Called without the connection's lock, for a cancelled token acts at once.</summary>
    public ValueTask<ResponseLease> AsTask(CancellationToken cancellationToken)
    {
        var version = _source.Version;
        _token = cancellationToken;
        _cancellation = cancellationToken.UnsafeRegister(static state => ((PendingRequest)state!).Cancel(), this);
        return new ValueTask<ResponseLease>(this, version);
    }

    /// <summary>The connection got the answer and lets go. Without a caller the memory goes back.</summary>
    public void Answer(in ResponseLease response)
    {
        if (TryEnd(response, failure: null))
        {
            LetGo();
            return;
        }

        response.Return();
        LetGo();
    }

    /// <summary>The connection will not get an answer any more and lets go.</summary>
    public void Abandon(Exception failure)
    {
        TryEnd(default, failure);
        LetGo();
    }

    /// <summary>The caller stops waiting; the connection still expects the answer.</summary>
    public void GiveUp(Exception failure) => TryEnd(default, failure);

    /// <inheritdoc/>
    public void Execute()
    {
        if (_failure is null)
        {
            _source.SetResult(_response);
        }
        else
        {
            _source.SetException(_failure);
        }
    }

    /// <inheritdoc/>
    public ResponseLease GetResult(short token)
    {
        _cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            LetGo();
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private void Cancel() => TryEnd(default, new OperationCanceledException(_token));

    private bool TryEnd(in ResponseLease response, Exception? failure)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Waiting) != Waiting)
        {
            return false;
        }

        _response = response;
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    private void LetGo()
    {
        var left = Interlocked.Decrement(ref _holders);
        Debug.Assert(left >= 0, "let go of more than once");
        if (left == 0)
        {
            _source.Reset();
            _pool.Return(this);
        }
    }
}
