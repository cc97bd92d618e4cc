namespace Chirps.Quic;

/// <summary>Numbers connections, whichever provider carries them.</summary>
internal static class ConnectionNumber
{
    private static long _last;

    /// <summary>A number no other connection of the process has.</summary>
    public static long Next() => Interlocked.Increment(ref _last);
}
