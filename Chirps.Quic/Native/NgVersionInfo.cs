namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_version_info</c>.</summary>
internal unsafe struct NgVersionInfo
{
    public uint Chosen;
    public byte* Available;
    public nuint AvailableLength;
}
