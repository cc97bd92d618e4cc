using System.Buffers;
using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Node.Links;
using Chirps.Node.Metrics;
using Chirps.Node.Tracing;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <summary>
/// The one owner of the membership engine: a thread of its own, so that a starved pool does not stop the protocol.
/// Others post to its inbox and read the snapshots it publishes.
/// </summary>
internal sealed partial class MeshLoop : IDisposable
{
    /// <summary>Inputs taken before the outputs are passed on.</summary>
    private const int BatchLimit = 64;

    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(10);

    private readonly SwimEngine _engine;
    private readonly LoopInbox _inbox;
    private readonly IMembershipCarrier _carrier;
    private readonly PeerConnections _connections;
    private readonly MembershipLog _log;
    private readonly StateLog _state;
    private readonly MeshMetrics _metrics;
    private readonly TimeProvider _wallClock;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MeshInstant? _due;
    private TimeSpan _gcPaused = GC.GetTotalPauseDuration();
    private long _poolDelay;
    private long _wakeAt = long.MaxValue;
    private ulong _version;
    private volatile MembershipView _view;
    private volatile int _localHealth;
    private volatile bool _awaitsSeeds;
    private volatile bool _failed;

    public MeshLoop(SwimEngine engine, int inboxCapacity, IMembershipCarrier carrier, PeerConnections connections, MembershipLog log, StateLog state, MeshMetrics metrics, TimeProvider wallClock, ILogger logger)
    {
        _engine = engine;
        _inbox = new LoopInbox(inboxCapacity);
        _carrier = carrier;
        _connections = connections;
        _log = log;
        _state = state;
        _metrics = metrics;
        _wallClock = wallClock;
        _logger = logger;
        _view = Snapshot(Now());
        _thread = new Thread(Run) { IsBackground = true, Name = $"chirps-swim-{engine.Self.Id}" };
    }

    /// <summary>The members after the last change.</summary>
    public MembershipView View => _view;

    public int LocalHealth => _localHealth;

    /// <summary>By how much the loop is late at this moment; zero while it keeps its time. Any thread.</summary>
    public TimeSpan Lag => Volatile.Read(ref _wakeAt) is var due && due == long.MaxValue ? TimeSpan.Zero : Max(Now() - new MeshInstant(due), TimeSpan.Zero);

    /// <summary>Whether the loop has ended by a failure of its own.</summary>
    public bool HasFailed => _failed;

    /// <summary>How many inputs wait.</summary>
    public int Waiting => _inbox.Count;

    public SwimCounters Counters => _engine.Counters;

    /// <summary>Completes when the engine has joined.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completes when a leave has been acknowledged by enough members, or its time is up.</summary>
    public Task Left => _left.Task;

    public static MeshInstant Now() => new((long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency)));

    /// <summary>Hears of a new incarnation of this node, on the loop's thread. Set before the start.</summary>
    public Action<Member>? SelfChanged { get; set; }

    public void Start() => _thread.Start();

    /// <summary>The node has not joined before <see cref="TryJoin"/> was called: the addresses of its seeds are not known yet.</summary>
    public void AwaitSeeds() => _awaitsSeeds = true;

    /// <summary>Joins through more seeds, unless the node leaves. Any thread.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when the inbox is full or the loop has ended.</returns>
    public bool TryJoin(IReadOnlyList<MemberAddress> seeds) => TryPost((engine, now) =>
    {
        if (!engine.IsLeaving)
        {
            engine.Join(now, seeds);
        }

        _awaitsSeeds = false;
    });

    /// <summary>Work waited this long in the thread pool. Any thread.</summary>
    public void PoolWasLate(TimeSpan delay) => Interlocked.Exchange(ref _poolDelay, delay.Ticks);

    /// <summary>Hands a received datagram or transfer over; the bytes are copied.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when the inbox is full.</returns>
    public bool TryPost(MemberId from, MemberAddress address, ReadOnlySpan<byte> datagram, bool isTransfer = false)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer);
        if (_inbox.TryPost(new LoopInput(new PeerSource(from, address), buffer, datagram.Length, isTransfer, null)))
        {
            return true;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return false;
    }

    /// <summary>Has a command run by the loop.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when the inbox is full or the loop has ended.</returns>
    public bool TryPost(Action<SwimEngine, MeshInstant> command) => _inbox.TryPost(new LoopInput(default, null, 0, false, command));

    /// <summary>Has a question answered, or a change made, by the loop; waits while the inbox is full.</summary>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    public async Task<T> RunAsync<T>(Func<SwimEngine, MeshInstant, T> command, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run(SwimEngine engine, MeshInstant now)
        {
            try
            {
                answer.TrySetResult(command(engine, now));
            }
            catch (ArgumentException exception)
            {
                answer.TrySetException(exception); // the caller's mistake, not the loop's
            }
        }

        while (!TryPost(Run))
        {
            ObjectDisposedException.ThrowIf(_inbox.IsClosed, this);
            await Task.Delay(_retry, cancellationToken).ConfigureAwait(false);
        }

        var first = await Task.WhenAny(answer.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(first != answer.Task, this);
        return await answer.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _inbox.Close();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _joined.TrySetException(new ObjectDisposedException(nameof(MeshLoop), "The node stopped before it had joined."));
        _left.TrySetResult();
        _ended.TrySetResult();
        _ = _joined.Task.Exception;
    }

    private void Run()
    {
        LogStarted(_engine.Self.Id.ToString(), _engine.Self.Generation.Value, _engine.Self.Address.ToString());
        try
        {
            while (_inbox.Wait(UntilDeadline()))
            {
                Turn();
            }
        }
        catch (Exception exception)
        {
            // A broken invariant of our own. Membership stops; peers will find this node dead and say so.
            _failed = true;
            LogFailed(exception);
            _inbox.Close();
            _left.TrySetResult();
            _ended.TrySetResult();
        }
    }

    private TimeSpan UntilDeadline()
    {
        _due = _engine.NextDeadline;
        Volatile.Write(ref _wakeAt, _due?.Nanoseconds ?? long.MaxValue);
        return _due is { } deadline ? Max(deadline - Now(), TimeSpan.Zero) : Timeout.InfiniteTimeSpan;
    }

    private void Turn()
    {
        var now = Now();
        for (var taken = 0; taken < BatchLimit && _inbox.TryTake(out var input); taken++)
        {
            Apply(input, now);
        }

        Observe(now);
        _engine.Advance(now);
        Drain(now);
    }

    /// <summary>Tells the engine what this process suffered since the last turn: who was late itself may not accuse others.</summary>
    private void Observe(MeshInstant now)
    {
        var late = _due is { } due && now > due ? now - due : TimeSpan.Zero;
        var paused = GC.GetTotalPauseDuration();
        var gcPause = paused - _gcPaused;
        _gcPaused = paused;
        var poolDelay = TimeSpan.FromTicks(Interlocked.Exchange(ref _poolDelay, 0));
        if (late > TimeSpan.Zero || gcPause > TimeSpan.Zero || poolDelay > TimeSpan.Zero)
        {
            _engine.Observe(now, new RuntimePressure(late, gcPause, poolDelay));
        }
    }

    private void Apply(in LoopInput input, MeshInstant now)
    {
        if (input.Buffer is { } buffer)
        {
            if (input.IsTransfer)
            {
                _engine.ReceiveTransfer(now, input.From, buffer.AsSpan(0, input.Length));
            }
            else
            {
                _engine.Receive(now, input.From, buffer.AsSpan(0, input.Length));
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
        else
        {
            input.Command!(_engine, now);
        }
    }

    private void Drain(MeshInstant now)
    {
        while (_engine.TryDequeueDatagram(out var datagram))
        {
            _carrier.SendDatagram(datagram.Target, datagram.Address, datagram.Bytes.Span, datagram.Urgent);
        }

        while (_engine.TryDequeueTransfer(out var transfer))
        {
            _connections.SendTransfer(transfer.Target, transfer.Bytes.Span);
        }

        while (_engine.TryDequeueConflict(out var conflict))
        {
            _metrics.IdentityConflict();
            LogConflict(conflict.Member.ToString(), conflict.Generation.Value, conflict.Held.ToString(), conflict.Claimed.ToString());
        }

        DrainEvents(now);
        DrainState();
        while (_engine.TryDequeueProbe(out var probe))
        {
            if (probe.Succeeded)
            {
                _metrics.ProbeAnswered(probe.RoundTrip, probe.Indirect);
            }
        }

        _localHealth = _engine.LocalHealth;
        if (_engine.IsJoined && !_awaitsSeeds)
        {
            _joined.TrySetResult();
        }

        if (_engine.HasLeft)
        {
            _left.TrySetResult();
        }
    }

    private void DrainEvents(MeshInstant now)
    {
        var (self, before) = (_engine.Self, _view.Self);
        if ((self.Generation, self.Incarnation) != (before.Generation, before.Incarnation))
        {
            SelfChanged?.Invoke(self);
        }

        List<MembershipRecord>? records = null;
        while (_engine.TryDequeueEvent(out var change))
        {
            _version = change.Version;
            _metrics.Transition(change.NewStatus);
            Settle(change, now);
            (records ??= []).Add(new MembershipRecord(change, _wallClock.GetUtcNow()));
        }

        if (records is null)
        {
            // Forgotten members, and a refutation of this node's own, change the picture without being events.
            if (_engine.Members.Count != _view.Members.Count || !ReferenceEquals(_engine.Self, _view.Self))
            {
                _view = Snapshot(now);
                _log.Keep(_view);
            }

            return;
        }

        // The snapshot comes first: a watcher that reads it on an event finds at least that event in it.
        _view = Snapshot(now);
        _log.Keep(_view);
        foreach (var record in records)
        {
            _log.Append(record);
            Report(record.Change);
        }
    }

    /// <summary>Counts a suspicion that is over, and one that was wrong.</summary>
    private void Settle(MembershipChange change, MeshInstant now)
    {
        var hasEnded = change.OldStatus is MemberStatus.Suspect or MemberStatus.Dead || change.NewStatus == MemberStatus.Dead;
        if (!hasEnded || change.NewStatus == change.OldStatus || _engine.AccusationsOf(change.Member.Id) is not [.., { EndedAt: { } end } last])
        {
            return;
        }

        if (change.NewStatus == MemberStatus.Alive && last.Generation == change.Member.Generation)
        {
            _metrics.FalsePositive(change.OldStatus!.Value);
        }

        if (change.OldStatus == MemberStatus.Suspect)
        {
            _metrics.SuspicionEnded(end - last.At, last.Outcome);
        }

        if (change.OldStatus != MemberStatus.Dead)
        {
            AccusationTrace.Publish(_engine.Self.Id, change.Member.Id, last, now, _wallClock.GetUtcNow());
        }
    }

    private void DrainState()
    {
        var published = false;
        while (_engine.TryDequeueStateChange(out var change))
        {
            if (!published)
            {
                _state.Publish([.. _engine.ClusterState]);
                published = true;
            }

            var lost = _state.Append(change, _wallClock.GetUtcNow());
            if (lost > 0)
            {
                LogStateLost(lost);
            }
        }
    }

    private void Report(MembershipChange change)
    {
        LogChange(
            change.Member.Id.ToString(),
            change.OldStatus is { } old ? MetricTable.Label(old.ToString()) : "none",
            MetricTable.Label(change.NewStatus.ToString()),
            change.Accuser?.ToString() ?? "-",
            change.Member.Incarnation.Value,
            change.Member.Generation.Value,
            (long?)change.SinceLastAck?.TotalMilliseconds);
        if (change.NewStatus is MemberStatus.Dead or MemberStatus.Left && _connections.TryGetLink(change.Member.Id, out var link))
        {
            link.GiveUp(FailureReason.NodeDead);
        }
    }

    private MembershipView Snapshot(MeshInstant now)
        => new(_engine.Self, [.. _engine.Members], _version, _wallClock.GetUtcNow(), now);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
