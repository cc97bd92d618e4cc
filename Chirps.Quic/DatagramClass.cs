namespace Chirps.Quic;

/// <summary>Order of datagrams on one connection. Both classes go before streams.</summary>
public enum DatagramClass
{
    /// <summary>Health probes: always first.</summary>
    Probe,

    /// <summary>Application data: after probes.</summary>
    Data,
}
