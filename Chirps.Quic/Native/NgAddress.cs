namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_addr</c>: a pointer to a socket address and its length.</summary>
internal unsafe struct NgAddress
{
    public byte* Address;
    public uint Length;
}
