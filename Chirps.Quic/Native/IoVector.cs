namespace Chirps.Quic.Native;

/// <summary><c>iovec</c>.</summary>
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}
