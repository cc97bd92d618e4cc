namespace Chirps.Quic.Native;

/// <summary><c>timespec</c>.</summary>
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}
