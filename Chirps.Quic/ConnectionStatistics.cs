namespace Chirps.Quic;

/// <summary>The state of one connection, for operators and metrics.</summary>
/// <param name="LatestRtt">The last round trip measured.</param>
/// <param name="MinRtt">The shortest round trip seen.</param>
/// <param name="SmoothedRtt">The moving average of round trips.</param>
/// <param name="RttVariation">The moving average of their deviation.</param>
/// <param name="CongestionWindowBytes">Bytes the congestion controller allows in flight.</param>
/// <param name="BytesInFlight">Bytes sent and not yet acknowledged.</param>
/// <param name="PacketsSent">QUIC packets handed to the socket.</param>
/// <param name="BytesSent">Their UDP payload.</param>
/// <param name="PacketsReceived">UDP datagrams received for the connection.</param>
/// <param name="BytesReceived">Their payload.</param>
/// <param name="DatagramsSent">Application datagrams put into packets.</param>
/// <param name="DatagramsReceived">Application datagrams received.</param>
/// <param name="DatagramsLost">Application datagrams whose packet was declared lost; a late acknowledgement does not lower it.</param>
/// <param name="DatagramsDropped">Application datagrams dropped before sending, because the queue was full or the path shrank.</param>
public readonly record struct ConnectionStatistics(
    TimeSpan LatestRtt,
    TimeSpan MinRtt,
    TimeSpan SmoothedRtt,
    TimeSpan RttVariation,
    long CongestionWindowBytes,
    long BytesInFlight,
    long PacketsSent,
    long BytesSent,
    long PacketsReceived,
    long BytesReceived,
    long DatagramsSent,
    long DatagramsReceived,
    long DatagramsLost,
    long DatagramsDropped);
