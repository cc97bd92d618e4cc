using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// Everything between this node and one peer: the connection in use, and the Control sends that wait for room or
/// for a connection. Sends are written in the order in which they came; a lock per peer is all they share.
/// </summary>
internal sealed partial class PeerLink : IThreadPoolWorkItem
{
    /// <summary>Code with which a connection is closed that another one replaces.</summary>
    public const ulong CloseReplaced = 1;

    private readonly MemberId _self;
    private readonly LimitOptions _limits;
    private readonly Action<PeerLink> _dial;
    private readonly Lock _writing = new();
    private readonly Queue<PendingSend> _waiting = new();
    private readonly ulong _idHigh;
    private ulong _idLow;
    private PeerSession? _current;
    private PeerSession? _next;
    private int _pumping;
    private int _waitingCount;
    private bool _stopped;

    public PeerLink(MemberId self, MemberId peer, LimitOptions limits, ulong idHigh, Action<PeerLink> dial)
    {
        _self = self;
        Peer = peer;
        _limits = limits;
        _idHigh = idHigh;
        _dial = dial;
        Backoff = new Backoff();
    }

    public MemberId Peer { get; }

    /// <summary>When to dial again after failures. Guarded by the owner of all links.</summary>
    public Backoff Backoff { get; }

    /// <summary>The connection to use for datagrams and for reports: the newest that is open.</summary>
    public ITransportConnection? Connection { get; private set; }

    /// <summary>Whether sends wait while no connection is there.</summary>
    public bool NeedsConnection
    {
        get
        {
            lock (_writing)
            {
                return _current is null && _waiting.Count > 0;
            }
        }
    }

    public int Pending
    {
        get
        {
            lock (_writing)
            {
                return _waiting.Count + (_current?.Lane.Pending ?? 0);
            }
        }
    }

    /// <summary>Sends a message; completes when it is settled.</summary>
    public ValueTask<SendResult> Send(ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
    {
        var encoded = Topics.Encode(topic, stackalloc byte[FrameCodec.TopicBytesMax]);
        cancellationToken.ThrowIfCancellationRequested();
        var send = PendingSend.Rent(payload, topic, settings.Deadline ?? _limits.ControlDeadline);
        var task = send.Task;
        OutLane? written = null;
        var dial = false;
        lock (_writing)
        {
            send.Id = NextId();
            var lane = _waiting.Count == 0 && _next is null ? _current?.Lane : null;
            switch (lane?.TryWrite(send, encoded) ?? LaneWrite.Full)
            {
                case LaneWrite.Written:
                    written = lane;
                    break;
                case LaneWrite.Settled:
                    break;
                case LaneWrite.TooLarge:
                    send.Complete(SendResult.Rejected(FailureReason.TooLarge, send.Id));
                    break;
                default:
                    dial = !TryWait(send, settings.NoWait) || _current is null;
                    break;
            }
        }

        written?.Flush();
        if (dial)
        {
            _dial(this);
        }

        if (cancellationToken.CanBeCanceled)
        {
            send.CancelWith(this, cancellationToken);
        }

        return task;
    }

    /// <summary>An id for a message of this link.</summary>
    public Guid TakeId()
    {
        lock (_writing)
        {
            return NextId();
        }
    }

    /// <summary>Ends the wait of a send whose caller has given up.</summary>
    public void Cancel(PendingSend cancelled)
    {
        lock (_writing)
        {
            if (Remove(send => ReferenceEquals(send, cancelled)) is { Count: > 0 })
            {
                cancelled.Cancel();
                return;
            }

            _ = _current?.Lane.TryCancel(cancelled) == true || _next?.Lane.TryCancel(cancelled) == true;
        }
    }

    /// <summary>Settles what has passed its deadline.</summary>
    public void Expire(List<PendingSend> scratch)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_writing)
        {
            _current?.Lane.Expire(now, scratch);
            var reason = _current is null ? FailureReason.NotConnected : FailureReason.QueueFull;
            foreach (var send in Remove(send => send.Deadline <= now))
            {
                send.Complete(SendResult.Rejected(reason, send.Id));
            }
        }
    }

    /// <summary>Rejects what waits, because the peer is gone for good or this node stops.</summary>
    public void RejectWaiting(FailureReason reason)
    {
        lock (_writing)
        {
            foreach (var send in Remove(static _ => true))
            {
                send.Complete(SendResult.Rejected(reason, send.Id));
            }
        }
    }

    /// <summary>This node stops: nothing waits any more, and nothing will.</summary>
    public void Stop()
    {
        lock (_writing)
        {
            _stopped = true;
        }

        RejectWaiting(FailureReason.Stopping);
    }

    /// <summary>There may be room: writes waiting sends, on a thread of the pool.</summary>
    public void Pump()
    {
        if (Interlocked.Exchange(ref _pumping, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Called by the transport's thread after acknowledgements: cheap when nothing waits.</summary>
    public void Acknowledged(PeerSession session)
    {
        if (Volatile.Read(ref _waitingCount) > 0 || Volatile.Read(ref _next) is not null)
        {
            Pump();
        }

        CloseIfDrained(session);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _pumping, 0);
        Interlocked.MemoryBarrier();
        OutLane? lane;
        lock (_writing)
        {
            SwitchIfDrained();
            lane = _next is null ? _current?.Lane : null;
            if (lane is not null)
            {
                WriteWaiting(lane);
            }
        }

        lane?.Flush();
    }

    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, _idHigh);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ++_idLow);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Puts a send into the waiting queue, or settles it.</summary>
    /// <returns>Whether it waits.</returns>
    private bool TryWait(PendingSend send, bool noWait)
    {
        if (_stopped || noWait || _waiting.Count >= _limits.ControlWaiting)
        {
            var reason = _stopped ? FailureReason.Stopping : _current is null ? FailureReason.NotConnected : FailureReason.QueueFull;
            send.Complete(SendResult.Rejected(reason, send.Id));
            return false;
        }

        _waiting.Enqueue(send);
        Volatile.Write(ref _waitingCount, _waiting.Count);
        return true;
    }

    private void WriteWaiting(OutLane lane)
    {
        Span<byte> topic = stackalloc byte[FrameCodec.TopicBytesMax];
        while (_waiting.TryPeek(out var send))
        {
            var result = lane.TryWrite(send, Topics.Encode(send.Topic, topic));
            if (result is LaneWrite.Full or LaneWrite.Closed)
            {
                break;
            }

            _waiting.Dequeue();
            if (result == LaneWrite.TooLarge)
            {
                send.Complete(SendResult.Rejected(FailureReason.TooLarge, send.Id));
            }
        }

        Volatile.Write(ref _waitingCount, _waiting.Count);
    }

    private List<PendingSend> Remove(Predicate<PendingSend> condition)
    {
        var removed = new List<PendingSend>();
        for (var left = _waiting.Count; left > 0; left--)
        {
            var send = _waiting.Dequeue();
            if (condition(send))
            {
                removed.Add(send);
            }
            else
            {
                _waiting.Enqueue(send);
            }
        }

        Volatile.Write(ref _waitingCount, _waiting.Count);
        return removed;
    }
}
