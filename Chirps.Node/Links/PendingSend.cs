using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Chirps.Engine.Messaging;

namespace Chirps.Node.Links;

/// <summary>
/// A Control send that is not settled. Pooled: it goes back when its result is taken, so nothing may refer to it
/// after <see cref="Complete"/>, and exactly one place (the waiting queue or a lane's window) holds it before.
/// </summary>
internal sealed class PendingSend : IValueTaskSource<SendResult>
{
    private const int PooledMax = 65536;
    private static readonly ConcurrentQueue<PendingSend> _pool = new();
    private static int _pooled;

    private ManualResetValueTaskSourceCore<SendResult> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private SendLane? _lane;
    private MeshMetrics? _metrics;
    private bool _cancelled;

    private PendingSend()
    {
    }

    public Guid Id { get; set; }

    /// <summary>Its number on the lane; of meaning while a window holds it.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Links of <see cref="PendingQueue"/>.</summary>
    public PendingQueue? Queue { get; set; }

    public PendingSend? Previous { get; set; }

    public PendingSend? Next { get; set; }

    public string Topic { get; private set; } = "";

    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>When the send began, in <see cref="Stopwatch"/> ticks.</summary>
    public long Started { get; private set; }

    /// <summary>When the caller wants an answer, in <see cref="Stopwatch"/> ticks.</summary>
    public long Deadline { get; private set; }

    public ValueTask<SendResult> Task => new(this, _core.Version);

    /// <summary>Whether the caller chose the id, so that it may send the message again.</summary>
    public bool IsRepeatable { get; private set; }

    /// <summary>The trace it belongs to, if any.</summary>
    public TraceContext Trace { get; set; }

    public static PendingSend Rent(ReadOnlyMemory<byte> payload, string topic, TimeSpan deadline, bool isRepeatable, MeshMetrics metrics)
    {
        if (_pool.TryDequeue(out var send))
        {
            Interlocked.Decrement(ref _pooled);
        }
        else
        {
            send = new PendingSend();
        }

        send.Payload = payload;
        send.Topic = topic;
        send.IsRepeatable = isRepeatable;
        send._metrics = metrics;
        send.Started = Stopwatch.GetTimestamp();
        var ticks = deadline.TotalSeconds * Stopwatch.Frequency;
        send.Deadline = ticks < long.MaxValue - send.Started ? send.Started + (long)ticks : long.MaxValue;
        return send;
    }

    /// <summary>Lets <paramref name="cancellationToken"/> end the wait. Called by the sender before it hands the task out.</summary>
    public void CancelWith(SendLane lane, CancellationToken cancellationToken)
    {
        _lane = lane;
        _registration = cancellationToken.UnsafeRegister(static state => ((PendingSend)state!)._lane!.Cancel((PendingSend)state), this);
    }

    /// <summary>Settles the send. The caller has just taken it out of the place that held it, under that place's lock.</summary>
    public void Complete(SendResult result)
    {
        _metrics!.SendFinished(Profile.Control, result.Outcome, result.Reason);
        _core.SetResult(result);
    }

    /// <summary>Settles the send as given up by its caller; same rule as <see cref="Complete"/>.</summary>
    public void Cancel()
    {
        _cancelled = true;
        Complete(new SendResult(Outcome.Unknown, Id));
    }

    SendResult IValueTaskSource<SendResult>.GetResult(short token)
    {
        // Waits for a cancellation that is just running: it must not meet the next send of this object.
        _registration.Dispose();
        var result = _core.GetResult(token);
        var cancelled = _cancelled;
        Return();
        return cancelled ? throw new OperationCanceledException("The send was cancelled; whether the message arrived is unknown.") : result;
    }

    ValueTaskSourceStatus IValueTaskSource<SendResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<SendResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Return()
    {
        _registration = default;
        _lane = null;
        _cancelled = false;
        Payload = default;
        _core.Reset();
        if (Interlocked.Increment(ref _pooled) <= PooledMax)
        {
            _pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref _pooled);
        }
    }
}
