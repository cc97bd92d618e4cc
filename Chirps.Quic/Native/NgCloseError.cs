namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_ccerr</c>: why a connection is closed.</summary>
internal unsafe struct NgCloseError
{
    public const int TransportType = 0;
    public const int ApplicationType = 1;

    public int Type;
    public ulong Code;
    public ulong FrameType;
    public byte* Reason;
    public nuint ReasonLength;
}
