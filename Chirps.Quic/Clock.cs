using System.Diagnostics;

namespace Chirps.Quic;

/// <summary>The two clocks ngtcp2 needs, in nanoseconds.</summary>
internal static class Clock
{
    public const ulong Millisecond = 1_000_000;
    public const ulong Second = 1_000_000_000;

    /// <summary>Monotonic; the frequency is checked when the libraries are loaded.</summary>
    public static ulong Now => (ulong)Stopwatch.GetTimestamp();

    /// <summary>Wall time, for tokens that other processes made.</summary>
    public static ulong Wall => (ulong)(DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
}
