namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_pkt_hd</c>: the header of a first packet.</summary>
internal unsafe struct NgPacketHeader
{
    public NgCid Dcid;
    public NgCid Scid;
    public long PacketNumber;
    public byte* Token;
    public nuint TokenLength;
    public nuint PacketNumberLength;
    public nuint Length;
    public uint Version;
    public byte Type;
    public byte Flags;
}
