namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_path</c>: local and remote address of a packet.</summary>
internal unsafe struct NgPath
{
    public NgAddress Local;
    public NgAddress Remote;
    public void* UserData;
}
