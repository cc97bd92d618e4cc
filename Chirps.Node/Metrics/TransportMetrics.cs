using Chirps.Quic;

namespace Chirps.Node.Metrics;

/// <summary>Publishes what the transport's endpoint counts.</summary>
internal static class TransportMetrics
{
    public static void Register(MetricTable table, Func<EndpointStatistics> read)
    {
        Count("chirps.transport.packets.sent", "{packet}", "UDP datagrams handed to the kernel.", statistics => statistics.PacketsSent);
        Count("chirps.transport.packets.received", "{packet}", "UDP datagrams received.", statistics => statistics.PacketsReceived);
        Count("chirps.transport.packets.unsent", "{packet}", "UDP datagrams the kernel did not take; QUIC sends again what matters.", statistics => statistics.PacketsUnsent);
        Count("chirps.transport.sent", "By", "UDP payload sent.", statistics => statistics.BytesSent);
        Count("chirps.transport.received", "By", "UDP payload received.", statistics => statistics.BytesReceived);
        Count("chirps.transport.handshakes.timedout", "{handshake}", "Handshakes that took too long.", statistics => statistics.HandshakesTimedOut);
        Count("chirps.transport.handshakes.failed", "{handshake}", "Handshakes that ended by an error other than a refusal.", statistics => statistics.HandshakesFailed);
        Count("chirps.transport.earlydata.refused", "{handshake}", "Handshakes in which early data was refused; it was sent again after the handshake.", statistics => statistics.EarlyDataRefused);
        Count("chirps.transport.replays.refused", "{handshake}", "First flights seen before, whose early data was refused for it.", statistics => statistics.ReplaysRefused);
        Count("chirps.transport.retries.sent", "{packet}", "Strangers asked to prove their address.", statistics => statistics.RetriesSent);
        Count("chirps.transport.resets.sent", "{packet}", "Peers told that their connection is not known here.", statistics => statistics.ResetsSent);
        table.Gauge("chirps.transport.handshakes.pending", "{handshake}", "Incoming handshakes under way.", () => read().HandshakesPending);
        table.ObservedCounter(
            "chirps.transport.datagrams.lost",
            "{datagram}",
            "Application datagrams that did not arrive, as far as is known: unsent because newer ones needed the room or the path shrank, or lost on the network.",
            "reason",
            ["unsent", "network"],
            index => index == 0 ? read().DatagramsDropped : read().DatagramsLost);
        var reasons = Enum.GetValues<PacketDrop>();
        table.ObservedCounter(
            "chirps.transport.packets.dropped",
            "{packet}",
            "Packets discarded before any connection saw them, by reason.",
            MetricLabels.Of<PacketDrop>("reason"),
            index => read().Drops[reasons[index]]);

        void Count(string name, string unit, string description, Func<EndpointStatistics, long> value)
            => table.ObservedCounter(name, unit, description, null, [], _ => value(read()));
    }
}
