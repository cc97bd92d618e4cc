namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_conn_info</c>: congestion state; durations in nanoseconds, sizes in bytes.</summary>
internal struct NgConnectionInfo
{
    public ulong LatestRtt;
    public ulong MinRtt;
    public ulong SmoothedRtt;
    public ulong RttVariation;
    public ulong CongestionWindow;
    public ulong SlowStartThreshold;
    public ulong BytesInFlight;
}
