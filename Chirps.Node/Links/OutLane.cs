using System.Diagnostics;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>What became of an attempt to write a message on a lane.</summary>
internal enum LaneWrite
{
    /// <summary>Numbered, in the window, handed to the transport.</summary>
    Written,

    /// <summary>No room; nothing changed.</summary>
    Full,

    /// <summary>The lane has ended; nothing changed.</summary>
    Closed,

    /// <summary>The lane ended meanwhile and settled the send: it may not be touched any more.</summary>
    Settled,

    /// <summary>Longer than the peer takes; nothing changed.</summary>
    TooLarge,
}

/// <summary>
/// The stream of one connection on which this node sends its Control messages, and on whose other direction the
/// peer acknowledges them. Writers take turns (the link's lock); acknowledgements come from the transport's thread
/// and share only the short lock of the window with them.
/// </summary>
internal sealed class OutLane
{
    private readonly ITransportStream _stream;
    private readonly FrameAssembler _frames = new(FrameCodec.AcknowledgeBytesMax);
    private readonly SendWindow<PendingSend> _window;
    private readonly Lock _gate = new();
    private readonly MeshMetrics _metrics;
    private bool _closed;

    public OutLane(ITransportStream stream, LimitOptions limits, ulong generation, MeshMetrics metrics)
    {
        _stream = stream;
        _metrics = metrics;
        _window = new SendWindow<PendingSend>(limits.ControlWindow, limits.ControlWindowBytes);

        // The window is the limit; the stream's own must only never be hit first.
        _stream.SendLimit = limits.ControlWindowBytes + limits.ControlBytes + (limits.ControlWindow * FrameCodec.HeaderBytesMax);
        _stream.TryWrite(FrameCodec.WriteHello(stackalloc byte[32], lane: 0, generation, FrameBytesMax(limits)), default);
    }

    /// <summary>The longest frame the peer takes; known from its hello.</summary>
    public int PeerFrameBytesMax { get; set; }

    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _window.Count;
            }
        }
    }

    public static int FrameBytesMax(LimitOptions limits) => limits.ControlBytes + FrameCodec.HeaderBytesMax;

    /// <summary>Writes a message without pushing it onto the wire: <see cref="Flush"/> does, outside the writers' lock.</summary>
    public LaneWrite TryWrite(PendingSend send, ReadOnlySpan<byte> topic)
    {
        var payload = send.Payload.Span;
        if (payload.Length + FrameCodec.HeaderBytesMax > PeerFrameBytesMax)
        {
            return LaneWrite.TooLarge;
        }

        // Once the message is in the window its send may be settled, and used again, at any moment.
        var id = send.Id;
        ulong sequence;
        lock (_gate)
        {
            if (_closed)
            {
                return LaneWrite.Closed;
            }

            if (!_window.HasRoom(payload.Length))
            {
                return LaneWrite.Full;
            }

            sequence = _window.Next;
            _window.Add(send, payload.Length);
        }

        var header = FrameCodec.WriteMessageHeader(stackalloc byte[FrameCodec.HeaderBytesMax], sequence, id, topic, payload.Length);
        if (_stream.TryWrite(header, payload, flush: false))
        {
            return LaneWrite.Written;
        }

        lock (_gate)
        {
            if (_closed)
            {
                return LaneWrite.Settled;
            }

            // Its deadline may have passed, or its caller may have given up, since it was added.
            var unsettled = _window.TryTakeOne(sequence, out _);
            _window.RemoveLast();
            return unsettled ? LaneWrite.Full : LaneWrite.Settled;
        }
    }

    public void Flush() => _stream.Flush();

    /// <summary>Tells the peer that nothing more comes on this lane.</summary>
    public void SendDrained() => _stream.TryWrite(FrameCodec.WriteDrained(stackalloc byte[8]), default);

    /// <summary>Takes what the peer sent back. Transport's thread.</summary>
    /// <returns>Whether the bytes made sense.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out FrameFault fault)
    {
        while (_frames.TryTake(ref data, out var bytes, out fault))
        {
            if (!FrameCodec.TryRead(bytes, out var frame, out fault))
            {
                return false;
            }

            if (frame.Kind != FrameKind.Acknowledge || !Settle(frame))
            {
                fault = FrameFault.OutOfPlace;
                return false;
            }
        }

        return fault == FrameFault.None;
    }

    /// <summary>Gives up waiting for the messages whose deadline has passed.</summary>
    public void Expire(long now, List<PendingSend> scratch)
    {
        lock (_gate)
        {
            _window.Abandon(send => send.Deadline <= now, scratch);
            CompleteAll(scratch);
        }
    }

    /// <summary>Gives up waiting for one message.</summary>
    public bool TryCancel(PendingSend cancelled)
    {
        var found = new List<PendingSend>(1);
        lock (_gate)
        {
            _window.Abandon(send => ReferenceEquals(send, cancelled), found);
            if (found.Count == 1)
            {
                cancelled.Cancel();
            }
        }

        return found.Count == 1;
    }

    /// <summary>Ends the lane: what was sent and not acknowledged is unknown now.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_window.TryTake(ulong.MaxValue, out var send))
            {
                send.Complete(new SendResult(Outcome.Unknown, send.Id));
            }
        }
    }

    private bool Settle(Frame frame)
    {
        lock (_gate)
        {
            if (!_window.WasSent(frame.Sequence))
            {
                return false;
            }

            var body = frame.Body;
            while (FrameCodec.TryReadRefusal(ref body, out var refusal))
            {
                if (_window.TryTakeOne(refusal.Sequence, out var refused))
                {
                    refused.Complete(SendResult.Rejected(Failure.Of(refusal.Reason), refused.Id));
                }
            }

            var now = Stopwatch.GetTimestamp();
            while (_window.TryTake(frame.Sequence, out var send))
            {
                _metrics.ControlDelivered(Stopwatch.GetElapsedTime(send.Started, now));
                send.Complete(new SendResult(Outcome.Delivered, send.Id));
            }

            return true;
        }
    }

    private static void CompleteAll(List<PendingSend> sends)
    {
        foreach (var send in sends)
        {
            send.Complete(new SendResult(Outcome.Unknown, send.Id));
        }

        sends.Clear();
    }
}
