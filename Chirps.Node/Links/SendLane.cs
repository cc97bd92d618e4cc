using Chirps.Engine.Messaging;

namespace Chirps.Node.Links;

/// <summary>
/// The Control messages to one peer on one lane, in order, over whatever connection there is: what was written and is
/// not acknowledged goes out again on the next connection, and the peer drops what it had already.
/// </summary>
/// <remarks>
/// Two bounded places hold sends: the queue of those that wait for a connection or room, which were certainly not
/// sent, and the window of those that were numbered, of which only an acknowledgement tells. Writers take turns (one
/// lock per lane and peer); acknowledgements come from the transport's thread and share only the short lock of the
/// window with them.
/// </remarks>
internal sealed partial class SendLane : IThreadPoolWorkItem
{
    private readonly PeerLink _link;
    private readonly int _lane;
    private readonly LimitOptions _limits;
    private readonly MeshMetrics _metrics;
    private readonly Lock _writing = new();
    private readonly Lock _gate = new();
    private readonly PendingQueue _waiting = new();
    private readonly SendWindow<PendingSend> _window;
    private OutStream? _stream;
    private PeerSession? _session;
    private ulong _peerGeneration;
    private ulong _epoch;
    private ulong _written;
    private ulong _everWritten;
    private ulong _firstOfStream = 1;
    private long _delivered;
    private long _retransmitted;
    private int _pumping;
    private bool _peerHasEpoch;
    private bool _stopped;

    public SendLane(PeerLink link, int lane, LimitOptions limits, MeshMetrics metrics)
    {
        _link = link;
        _lane = lane;
        _limits = limits;
        _metrics = metrics;
        _window = new SendWindow<PendingSend>(limits.ControlWindow, limits.ControlWindowBytes);
        _epoch = link.NextEpoch();
    }

    /// <summary>Sends not settled.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _window.Count + _waiting.Count;
            }
        }
    }

    /// <summary>How the lane is doing.</summary>
    public LaneReport Report()
    {
        lock (_gate)
        {
            return new LaneReport(_lane, _window.Count, _waiting.Count, _window.Bytes + _waiting.Bytes, _delivered, Interlocked.Read(ref _retransmitted));
        }
    }

    /// <summary>Whether anything is to be sent once there is a connection.</summary>
    public bool NeedsConnection
    {
        get
        {
            lock (_writing)
            {
                return _session is null && Pending > 0;
            }
        }
    }

    /// <summary>Whether the peer has acknowledged something of the present epoch, so that it certainly counts it.</summary>
    private bool PeerHasEpoch
    {
        get
        {
            lock (_gate)
            {
                return _peerHasEpoch;
            }
        }
    }

    /// <summary>Sends a message; completes when it is settled.</summary>
    public ValueTask<SendResult> Send(ReadOnlyMemory<byte> payload, string topic, ReadOnlySpan<byte> encoded, in SendSettings settings, CancellationToken cancellationToken)
    {
        var send = PendingSend.Rent(payload, topic, settings.Deadline ?? _limits.ControlDeadline, settings.MessageId is not null, _metrics);
        send.Trace = settings.Trace;
        var task = send.Task;
        var dial = false;
        OutStream? stream;
        lock (_writing)
        {
            send.Id = settings.MessageId ?? _link.NextId();
            if (_stopped || _session is null || _waiting.Count > 0 || !TryWrite(send, encoded))
            {
                dial = TryWait(send, settings.NoWait) && _session is null;
            }

            stream = _stream;
        }

        stream?.Flush();
        if (dial)
        {
            _link.Dial();
        }

        if (cancellationToken.CanBeCanceled)
        {
            send.CancelWith(this, cancellationToken);
        }

        return task;
    }

    /// <summary>Uses a connection from now on: what is unsettled is sent again on it.</summary>
    public void Attach(PeerSession session)
    {
        lock (_writing)
        {
            if (session.IsEarly && !PeerHasEpoch)
            {
                return; // early data begins nothing at the peer, which would have to say that it knows no such epoch
            }

            if (_peerGeneration != 0 && session.Generation != _peerGeneration)
            {
                // Another process: what the former one did with these is not known.
                Restart(keptFrom: ulong.MaxValue);
            }

            _peerGeneration = session.Generation;
            _session = session;
            _stream = null;
            _firstOfStream = _everWritten + 1;
            if (Pending > 0)
            {
                Pump();
            }
        }
    }

    /// <summary>The process behind a connection is known now, and may be another than the one expected.</summary>
    public void PeerKnown(PeerSession session)
    {
        lock (_writing)
        {
            if (_session is null)
            {
                Attach(session);
            }

            if (!ReferenceEquals(_session, session))
            {
                return;
            }

            var another = _peerGeneration != 0 && _peerGeneration != session.Generation;
            _peerGeneration = session.Generation;
            if (another)
            {
                Begin(_firstOfStream);
            }
        }

        Pump();
    }

    /// <summary>The connection is gone.</summary>
    public void Detach(PeerSession session)
    {
        lock (_writing)
        {
            if (ReferenceEquals(_session, session))
            {
                _session = null;
                _stream = null;
            }
        }
    }

    /// <summary>There may be room, after acknowledgements: cheap when nothing waits. Any thread.</summary>
    public void RoomMade()
    {
        if (_waiting.Count > 0)
        {
            Pump();
        }
    }

    /// <summary>Writes what waits, on a thread of the pool.</summary>
    public void Pump()
    {
        if (Interlocked.Exchange(ref _pumping, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _pumping, 0);
        Interlocked.MemoryBarrier();
        OutStream? stream;
        lock (_writing)
        {
            if (_stream is null && _session is { } session && Pending > 0)
            {
                OpenStream(session);
            }

            WriteUnwritten();
            WriteWaiting();
            stream = _stream;
        }

        stream?.Flush();
    }

    /// <summary>Numbers a send and writes it, or settles it when the peer would not take it.</summary>
    /// <returns><see langword="false"/> when the window has no room; nothing changed.</returns>
    private bool TryWrite(PendingSend send, ReadOnlySpan<byte> topic)
    {
        var payload = send.Payload.Span;
        if (payload.Length > _session!.PayloadBytesMax)
        {
            send.Complete(SendResult.Rejected(FailureReason.TooLarge, send.Id));
            return true;
        }

        // Once the message is in the window its send may be settled, and used again, at any moment.
        var (id, repeatable, trace) = (send.Id, send.IsRepeatable, send.Trace);
        ulong sequence;
        lock (_gate)
        {
            if (!_window.HasRoom(payload.Length))
            {
                return false;
            }

            sequence = _window.Next;
            send.Sequence = sequence;
            _window.Add(send, payload.Length);
        }

        if (_stream is null)
        {
            OpenStream(_session);
        }

        if (_written + 1 == sequence && WriteMessage(sequence, id, topic, payload, repeatable, trace))
        {
            _written = sequence;
            _everWritten = sequence;
        }

        return true;
    }

    private void OpenStream(PeerSession session)
    {
        var stream = session.StreamFor(_lane);

        // The window is the limit; the stream's own must not be hit first, but for what is sent again.
        stream.SendLimit = (int)Math.Min(int.MaxValue, (long)_limits.ControlWindowBytes + _limits.FrameBytesMax + ((long)_limits.ControlWindow * FrameCodec.HeaderBytesMax));
        _stream = new OutStream(this, session, stream);
        stream.State = _stream;
        WriteOpen(_stream);
    }

    private void WriteOpen(OutStream stream)
    {
        ulong first;
        lock (_gate)
        {
            stream.Epoch = _epoch;
            first = _window.First;
            _firstOfStream = _everWritten + 1;
        }

        _written = first - 1;
        var opening = new LaneOpening((byte)_lane, _link.Generation, _peerGeneration, _epoch, first, _limits.ControlWindow);
        stream.TryWrite(FrameCodec.WriteOpen(stackalloc byte[FrameCodec.OpenBytes], opening));
    }

    /// <summary>Writes what is numbered and not yet on the stream.</summary>
    private void WriteUnwritten()
    {
        Span<byte> topic = stackalloc byte[FrameCodec.TopicBytesMax];
        Span<byte> skip = stackalloc byte[FrameCodec.SmallBytesMax];
        while (_stream is not null && TryGetUnwritten(out var sequence, out var send, out var message))
        {
            var written = send is null
                ? _stream.TryWrite(FrameCodec.WriteSkip(skip, sequence))
                : WriteMessage(sequence, message.Id, Topics.Encode(message.Topic, topic), message.Payload.Span, message.IsRepeatable, message.Trace);
            if (!written)
            {
                return; // goes on when the stream has room, or on the next one
            }

            if (send is not null && sequence <= _everWritten)
            {
                _retransmitted++;
                _metrics.Retransmitted();
            }

            _written = sequence;
            _everWritten = Math.Max(_everWritten, sequence);
        }
    }

    private bool TryGetUnwritten(out ulong sequence, out PendingSend? send, out (Guid Id, string Topic, ReadOnlyMemory<byte> Payload, bool IsRepeatable, TraceContext Trace) message)
    {
        lock (_gate)
        {
            // An acknowledgement from an earlier connection may have overtaken.
            sequence = Math.Max(_written + 1, _window.First);
            send = _window[sequence];
            message = send is null ? default : (send.Id, send.Topic, send.Payload, send.IsRepeatable, send.Trace);
            return sequence < _window.Next;
        }
    }

    private bool WriteMessage(ulong sequence, Guid id, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, bool repeatable, in TraceContext trace)
    {
        var fitting = _stream!.Session.Fit(trace);
        var header = FrameCodec.WriteMessageHeader(stackalloc byte[FrameCodec.HeaderBytesMax], sequence, id, topic, payload.Length, repeatable, fitting);
        return _stream.TryWrite(header, payload);
    }

    private void WriteWaiting()
    {
        Span<byte> topic = stackalloc byte[FrameCodec.TopicBytesMax];
        while (_session is not null && _waiting.First is { } send)
        {
            // Out of the queue first: once it is written it may be settled and used again.
            var bytes = send.Payload.Length;
            lock (_gate)
            {
                if (!_window.HasRoom(bytes))
                {
                    return;
                }
            }

            _waiting.Remove(send);
            TryWrite(send, Topics.Encode(send.Topic, topic));
        }
    }

    /// <summary>Puts a send into the waiting queue, or settles it.</summary>
    /// <returns>Whether it waits.</returns>
    private bool TryWait(PendingSend send, bool noWait)
    {
        var fits = _waiting.Count < _limits.ControlWaiting && _waiting.Bytes + send.Payload.Length <= _limits.ControlWaitingBytes;
        if (_stopped || noWait || !fits)
        {
            var reason = _stopped ? FailureReason.Stopping : _session is null && noWait ? FailureReason.NotConnected : FailureReason.QueueFull;
            send.Complete(SendResult.Rejected(reason, send.Id));
            return false;
        }

        var bytes = _waiting.First?.Payload.Length ?? send.Payload.Length;
        _waiting.Add(send);
        lock (_gate)
        {
            // The window may have drained since it was found full, when nobody waited yet.
            if (_session is not null && _window.HasRoom(bytes))
            {
                Pump();
            }
        }

        return true;
    }
}
