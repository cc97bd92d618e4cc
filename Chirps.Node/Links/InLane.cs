using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// A stream that the peer opened: a lane of numbered messages, acknowledged on its other direction once per
/// receive batch, or a single best-effort message. Transport's thread only.
/// </summary>
internal sealed class InLane(PeerSession session, ITransportStream stream, MeshOptions options, SubscriberTable subscribers, IPeerEvents events)
{
    // Only lanes may hold a long frame, and a peer has few of them: it can open many streams.
    private readonly FrameAssembler _frames = new(options.SingleFrameBytesMax);
    private LaneReceiver? _receiver;
    private int _lane = -1;
    private ulong _acknowledged;
    private bool _discards;

    /// <summary>Whether it is a lane, which ends with its connection only.</summary>
    public bool IsLane => _lane >= 0;

    /// <summary>Takes received bytes.</summary>
    /// <returns>Whether they made sense; if not, the connection is to be closed.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out FrameFault fault)
    {
        while (_frames.TryTake(ref data, out var bytes, out fault))
        {
            if (!FrameCodec.TryRead(bytes, out var frame, out fault))
            {
                return false;
            }

            if (!Apply(frame))
            {
                fault = FrameFault.OutOfPlace;
                return false;
            }
        }

        return fault == FrameFault.None;
    }

    /// <summary>Writes the acknowledgement that is due, if there is room; the next batch or the next room tries again.</summary>
    public bool TryAcknowledge()
    {
        Span<byte> bytes = stackalloc byte[FrameCodec.AcknowledgeBytesMax];
        Span<Refusal> refusals = stackalloc Refusal[FrameCodec.RefusalsMax];
        while (_receiver is { } receiver && _acknowledged < receiver.Received)
        {
            // Each number up to the one acknowledged counts as handed over unless the same frame says otherwise.
            var count = receiver.Refusals(_acknowledged, refusals, out var upTo);
            if (!stream.TryWrite(FrameCodec.WriteAcknowledge(bytes, upTo, refusals[..count]), default))
            {
                return false;
            }

            _acknowledged = upTo;
        }

        return true;
    }

    private bool Apply(in Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Hello when _lane < 0:
                return session.Hello(frame.Generation, frame.FrameBytesMax, frame.Features);
            case FrameKind.Open when _lane < 0 || _discards:
                return Open(frame.Opening);
            case FrameKind.Message or FrameKind.Repeatable or FrameKind.Skip when _discards:
                return true;
            case FrameKind.Message or FrameKind.Repeatable or FrameKind.Skip when _receiver is { } receiver:
                return TakeNumbered(receiver, frame);
            case FrameKind.Renew:
                session.RenewWanted();
                return true;
            case FrameKind.Ephemeral when _lane < 0:
                subscribers.Deliver(session.Peer, Profile.Ephemeral, frame.MessageId, frame.Topic, frame.Body, frame.Trace);
                return true;
            case FrameKind.Transfer when _lane < 0:
                events.TransferReceived(session.Peer, MemberAddress.FromIPEndPoint(session.Connection.RemoteEndPoint), frame.Body);
                return true;
            default:
                return false;
        }
    }

    private bool Open(in LaneOpening opening)
    {
        if (session.IsPeerKnown && opening.Generation != session.Generation)
        {
            return false;
        }

        if ((_lane >= 0 && _lane != opening.Lane) || (_lane < 0 && !session.TryClaimLane(opening.Lane)))
        {
            return false;
        }

        _lane = opening.Lane;
        _frames.FrameBytesMax = options.Limits.FrameBytesMax;
        stream.Priority = MessageLanes.AcknowledgePriorityOf(_lane);
        _receiver = session.Receiver(opening, out var continuation);
        _discards = _receiver is null;
        if (_receiver is null)
        {
            return continuation == LaneContinuation.Stale
                || stream.TryWrite(FrameCodec.WriteLost(stackalloc byte[FrameCodec.SmallBytesMax], opening.Epoch), default);
        }

        // The peer may not know what was settled just before its last connection ended.
        _acknowledged = opening.First - 1;
        session.AcknowledgeLater(this);
        return true;
    }

    private bool TakeNumbered(LaneReceiver receiver, in Frame frame)
    {
        switch (receiver.Take(frame.Sequence))
        {
            case LaneReceipt.Gap:
                return false;
            case LaneReceipt.Duplicate:
                subscribers.CountDuplicate();
                return true;
            default:
                break;
        }

        session.AcknowledgeLater(this);
        if (frame.Kind != FrameKind.Skip && session.Deliver(frame, subscribers) is { } reason)
        {
            receiver.Refuse(reason);
        }

        return true;
    }
}
