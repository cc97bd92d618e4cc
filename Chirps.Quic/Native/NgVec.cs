namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_vec</c>: a piece of stream or datagram data.</summary>
internal unsafe struct NgVec
{
    public byte* Base;
    public nuint Length;
}
