namespace Chirps.Quic.Native;

/// <summary><c>pollfd</c>.</summary>
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
