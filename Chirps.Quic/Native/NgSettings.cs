namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_settings</c>, version 2.</summary>
internal unsafe struct NgSettings
{
    public void* QlogWrite;
    public int CongestionAlgorithm;
    public ulong InitialTimestamp;
    public ulong InitialRtt;
    public void* LogPrintf;
    public nuint MaxTxUdpPayloadSize;
    public byte* Token;
    public nuint TokenLength;
    public int TokenType;
    public void* RandomContext;
    public ulong MaxWindow;
    public ulong MaxStreamWindow;
    public nuint AckThreshold;
    public byte NoTxUdpPayloadSizeShaping;
    public ulong HandshakeTimeout;
    public uint* PreferredVersions;
    public nuint PreferredVersionsLength;
    public uint* AvailableVersions;
    public nuint AvailableVersionsLength;
    public uint OriginalVersion;
    public byte NoPmtud;
    public uint InitialPacketNumber;
    public ushort* PmtudProbes;
    public nuint PmtudProbesLength;
}
