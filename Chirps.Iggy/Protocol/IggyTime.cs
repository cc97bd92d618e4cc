namespace Chirps.Iggy.Protocol;

/// <summary>Iggy's instants and spans are microseconds; a tick of the platform is a tenth of one.</summary>
public static class IggyTime
{
    /// <summary>Microseconds since the Unix epoch, rounded down. An instant before it gives 0.</summary>
    public static ulong ToMicroseconds(DateTimeOffset instant)
        => (ulong)Math.Max(0, (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>The instant. One past the platform's last instant gives that.</summary>
    public static DateTimeOffset ToInstant(ulong microseconds)
    {
        var most = (ulong)((DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        return DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(microseconds, most) * TimeSpan.TicksPerMicrosecond);
    }
}
