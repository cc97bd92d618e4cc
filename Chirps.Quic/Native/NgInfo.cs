namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_info</c>: version of the loaded library.</summary>
internal unsafe struct NgInfo
{
    public int Age;
    public int VersionNumber;
    public byte* VersionText;
}
