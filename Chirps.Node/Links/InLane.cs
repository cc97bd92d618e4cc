using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// A stream that the peer opened: a lane of numbered messages, acknowledged on its other direction once per
/// receive batch, or a single best-effort message. Transport's thread only.
/// </summary>
internal sealed class InLane(PeerSession session, ITransportStream stream, LimitOptions limits, SubscriberTable subscribers)
{
    // Only the one stream with a hello may hold a long frame: a peer can open many streams.
    private readonly FrameAssembler _frames = new(limits.EphemeralBytes + FrameCodec.HeaderBytesMax);
    private readonly Refusal[] _refused = new Refusal[FrameCodec.RefusalsMax];
    private int _refusals;
    private ulong _received;
    private ulong _acknowledged;
    private bool _hello;

    /// <summary>Takes received bytes.</summary>
    /// <returns>Whether they made sense; if not, the connection is to be closed.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out FrameFault fault)
    {
        while (_frames.TryTake(ref data, out var bytes, out fault))
        {
            if (!FrameCodec.TryRead(bytes, out var frame, out fault) || !Apply(frame, out fault))
            {
                return false;
            }
        }

        return fault == FrameFault.None;
    }

    /// <summary>Writes the acknowledgement that is due, if there is room; the next batch or the next room tries again.</summary>
    public bool TryAcknowledge()
    {
        if (_acknowledged == _received)
        {
            return true;
        }

        var bytes = FrameCodec.WriteAcknowledge(stackalloc byte[FrameCodec.AcknowledgeBytesMax], _received, _refused.AsSpan(0, _refusals));
        if (!stream.TryWrite(bytes, default))
        {
            return false;
        }

        _acknowledged = _received;
        _refusals = 0;
        return true;
    }

    private bool Apply(in Frame frame, out FrameFault fault)
    {
        fault = FrameFault.None;
        switch (frame.Kind)
        {
            case FrameKind.Hello when !_hello && session.Generation == 0 && frame.Generation > 0:
                _hello = true;
                _frames.FrameBytesMax = OutLane.FrameBytesMax(limits);
                session.HelloReceived(frame.Generation, frame.FrameBytesMax);
                return true;
            case FrameKind.Message when _hello && frame.Sequence == _received + 1:
                return TakeMessage(frame, out fault);
            case FrameKind.Drained when _hello:
                session.PeerDrained();
                return true;
            case FrameKind.Ephemeral when !_hello:
                subscribers.Deliver(session.Peer, Profile.Ephemeral, frame.MessageId, frame.Topic, frame.Body);
                return true;
            default:
                fault = FrameFault.OutOfPlace;
                return false;
        }
    }

    private bool TakeMessage(in Frame frame, out FrameFault fault)
    {
        fault = FrameFault.None;
        _received = frame.Sequence;
        if (subscribers.Deliver(session.Peer, Profile.Control, frame.MessageId, frame.Topic, frame.Body) is { } reason)
        {
            _refused[_refusals++] = new Refusal(frame.Sequence, reason);
        }

        session.AcknowledgeLater(this);
        if (_refusals < _refused.Length || TryAcknowledge())
        {
            return true;
        }

        // A peer that does not take its acknowledgements could make us remember refusals without bound.
        fault = FrameFault.OutOfPlace;
        return false;
    }
}
