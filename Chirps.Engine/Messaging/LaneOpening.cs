namespace Chirps.Engine.Messaging;

/// <summary>What the frame that opens a lane says.</summary>
/// <param name="Lane">The lane, below <see cref="FrameCodec.LanesMax"/>.</param>
/// <param name="Generation">The generation of the sender's process; not 0.</param>
/// <param name="PeerGeneration">The generation of the receiver's process that the sender means; 0 when it does not know.</param>
/// <param name="Epoch">The count of messages on the lane starts anew with each epoch; epochs of one sender only grow.</param>
/// <param name="First">The number of the first message that follows. Everything before is settled for the sender.</param>
/// <param name="Window">Messages that the sender may have unsettled, at most <see cref="FrameCodec.WindowMax"/>.</param>
public readonly record struct LaneOpening(
    byte Lane,
    ulong Generation,
    ulong PeerGeneration,
    ulong Epoch,
    ulong First,
    int Window);
