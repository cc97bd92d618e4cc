namespace Chirps.Quic;

/// <summary>Order of datagrams on one connection.</summary>
public enum DatagramClass
{
    /// <summary>Health probes: before everything.</summary>
    Probe,

    /// <summary>Application data: after probes and streams of level 0, before other streams; while those wait, they keep a fifth of the bytes.</summary>
    Data,
}
