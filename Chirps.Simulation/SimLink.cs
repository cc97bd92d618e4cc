namespace Chirps.Simulation;

/// <summary>How the simulated network treats datagrams.</summary>
public sealed record SimLink
{
    /// <summary>A healthy local network: half a millisecond, two milliseconds of jitter, nothing lost.</summary>
    public static SimLink Healthy { get; } = new();

    /// <summary>Shortest one-way delay.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Random extra delay up to this much, which also reorders.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Share of datagrams lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Share of datagrams delivered twice, 0 to 1.</summary>
    public double Duplication { get; init; }
}
