namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_pkt_info</c>: one byte of ECN, padded to 8 by the native alignment.</summary>
internal struct NgPacketInfo
{
    public ulong Ecn;
}
