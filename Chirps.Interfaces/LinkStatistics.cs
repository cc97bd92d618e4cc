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
/// <param name="Handshake"><c>Full</c>, <c>Resumed</c>, or <c>Early</c> when data went ahead of the handshake (0-RTT).</param>
/// <param name="ValidUntil">When the first of the connection's two certificates expires.</param>
/// <param name="Lanes">The lanes of Control messages used so far; they outlive the connection.</param>
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
    [property: Id(10)] string Handshake,
    [property: Id(11)] DateTimeOffset ValidUntil,
    [property: Id(12)] IReadOnlyList<LaneStatistics> Lanes);

/// <summary>One lane of Control messages to a peer.</summary>
/// <param name="Lane">Its number; see <see cref="MessageLane"/>.</param>
/// <param name="Unsettled">Messages sent and not yet acknowledged by the peer's node.</param>
/// <param name="Waiting">Messages that wait for room or for a connection.</param>
/// <param name="Bytes">Payload bytes of both.</param>
/// <param name="Delivered">Messages acknowledged so far.</param>
/// <param name="Retransmitted">Messages sent again on another connection so far.</param>
[GenerateSerializer, Immutable, Alias("Chirps.LaneStatistics")]
public sealed record LaneStatistics(
    [property: Id(0)] int Lane,
    [property: Id(1)] int Unsettled,
    [property: Id(2)] int Waiting,
    [property: Id(3)] long Bytes,
    [property: Id(4)] long Delivered,
    [property: Id(5)] long Retransmitted);
