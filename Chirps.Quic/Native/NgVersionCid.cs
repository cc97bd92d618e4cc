namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_version_cid</c>: what can be read of any packet without keys.</summary>
internal unsafe struct NgVersionCid
{
    public uint Version;
    public byte* Dcid;
    public nuint DcidLength;
    public byte* Scid;
    public nuint ScidLength;
}
