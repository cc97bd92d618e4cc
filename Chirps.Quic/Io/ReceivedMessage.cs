namespace Chirps.Quic.Io;

/// <summary>One entry of a <see cref="ReceiveBatch"/>: one UDP datagram, or several of one size joined by the kernel.</summary>
internal unsafe struct ReceivedMessage
{
    public byte* Data;
    public int Length;

    /// <summary>Size of each datagram but the last.</summary>
    public int SegmentSize;

    /// <summary>The two ECN bits.</summary>
    public int Ecn;

    public byte* Remote;
    public uint RemoteLength;

    /// <summary>The address the packet was sent to.</summary>
    public byte* Local;
    public uint LocalLength;
}
