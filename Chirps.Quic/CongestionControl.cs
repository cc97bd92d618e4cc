namespace Chirps.Quic;

/// <summary>Congestion controllers of ngtcp2.</summary>
public enum CongestionControl
{
    /// <summary>NewReno (RFC 9002).</summary>
    Reno,

    /// <summary>CUBIC (RFC 9438).</summary>
    Cubic,

    /// <summary>BBR: keeps its rate under random loss and keeps queues short.</summary>
    Bbr,
}
