using System.Diagnostics;

namespace Chirps.Node.Raft;

/// <summary>So many bytes in a second, without bursts: each part waits until the one before it is paid for.</summary>
internal sealed class ByteRate(int bytesPerSecond)
{
    private readonly Lock _gate = new();
    private long _freeAt = Stopwatch.GetTimestamp();

    /// <summary>Reserves the next bytes.</summary>
    /// <returns>How long to wait before they are sent.</returns>
    public TimeSpan Take(int bytes)
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var start = Math.Max(now, _freeAt);
            _freeAt = start + (long)((double)bytes / bytesPerSecond * Stopwatch.Frequency);
            return Stopwatch.GetElapsedTime(now, start);
        }
    }
}
