namespace Chirps.Quic;

/// <summary>Who carries the packets.</summary>
public enum TransportProvider
{
    /// <summary>ngtcp2 where its libraries load, else System.Net.Quic.</summary>
    Auto,

    /// <summary>ngtcp2 with GnuTLS.</summary>
    Ngtcp2,

    /// <summary>System.Net.Quic: no datagrams, early data, priorities or choice of congestion control.</summary>
    System,
}
