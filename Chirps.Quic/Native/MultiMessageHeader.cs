namespace Chirps.Quic.Native;

/// <summary><c>mmsghdr</c>.</summary>
internal unsafe struct MultiMessageHeader
{
    public MessageHeader Header;
    public uint Length;
}
