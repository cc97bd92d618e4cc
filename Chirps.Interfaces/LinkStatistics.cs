namespace Chirps;

/// <summary>The connection to one peer, as the transport measures it.</summary>
/// <param name="Connected">Whether there is one.</param>
/// <param name="Outgoing">Whether this node dialled it.</param>
/// <param name="SmoothedRtt">Round trip time, smoothed (RFC 9002, section 5.3).</param>
/// <param name="MinRtt">The shortest one seen.</param>
/// <param name="PacketsSent">QUIC packets sent.</param>
/// <param name="PacketsReceived">QUIC packets received.</param>
/// <param name="BytesSent">UDP payload bytes sent.</param>
/// <param name="BytesReceived">UDP payload bytes received.</param>
/// <param name="DatagramsLost">Datagrams declared lost by the transport.</param>
/// <param name="DatagramsDropped">Datagrams dropped here because their queue was full.</param>
/// <param name="PendingControl">Control messages sent and not yet acknowledged by the peer's node.</param>
[GenerateSerializer, Immutable, Alias("Chirps.LinkStatistics")]
public sealed record LinkStatistics(
    [property: Id(0)] bool Connected,
    [property: Id(1)] bool Outgoing,
    [property: Id(2)] TimeSpan SmoothedRtt,
    [property: Id(3)] TimeSpan MinRtt,
    [property: Id(4)] long PacketsSent,
    [property: Id(5)] long PacketsReceived,
    [property: Id(6)] long BytesSent,
    [property: Id(7)] long BytesReceived,
    [property: Id(8)] long DatagramsLost,
    [property: Id(9)] long DatagramsDropped,
    [property: Id(10)] int PendingControl);
