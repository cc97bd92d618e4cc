namespace Chirps.Quic;

/// <summary>What a transport provider offers beyond ordered streams.</summary>
[Flags]
public enum TransportFeatures
{
    /// <summary>Streams only.</summary>
    None = 0,

    /// <summary>Unreliable datagrams (RFC 9221).</summary>
    Datagrams = 1,

    /// <summary>Stream priorities.</summary>
    Priorities = 2,

    /// <summary>A choice of congestion controllers.</summary>
    CongestionChoice = 4,

    /// <summary>Data in the first flight of a resumed connection.</summary>
    EarlyData = 8,

    /// <summary>The kernel splits and joins packets in groups.</summary>
    SegmentationOffload = 16,
}
