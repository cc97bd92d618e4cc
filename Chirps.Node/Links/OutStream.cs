using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>The stream of one connection that carries a lane's messages now, and on whose other direction they are acknowledged.</summary>
internal sealed class OutStream(SendLane lane, PeerSession session, ITransportStream stream)
{
    private readonly FrameAssembler _frames = new(FrameCodec.AcknowledgeBytesMax);

    /// <summary>The lane's epoch that was opened last on this stream. Guarded by the lane.</summary>
    public ulong Epoch { get; set; }

    public PeerSession Session => session;

    public SendLane Lane => lane;

    public bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body = default) => stream.TryWrite(head, body, flush: false);

    public void Flush() => stream.Flush();

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

            if (!Apply(frame))
            {
                fault = FrameFault.OutOfPlace;
                return false;
            }
        }

        lane.RoomMade();
        return fault == FrameFault.None;
    }

    private bool Apply(in Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Acknowledge:
                return lane.Settle(this, frame);
            case FrameKind.Lost:
                lane.Lost(this, frame.Sequence);
                return true;
            default:
                return false;
        }
    }
}
