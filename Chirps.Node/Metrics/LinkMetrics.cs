namespace Chirps.Node.Metrics;

/// <summary>Publishes the spread over the open connections; <c>/membership/&lt;id&gt;</c> has each one.</summary>
internal static class LinkMetrics
{
    private static readonly MetricLabels _spread = MetricLabels.Of("stat", "min", "median", "max");

    public static void Register(MetricTable table, Func<IReadOnlyList<LinkReport>> links)
    {
        Spread("chirps.link.rtt", "s", "Smoothed round trip of the open connections: the least, the middle and the greatest; 0 without any.", link => link.Transport.SmoothedRtt.TotalSeconds);
        Spread("chirps.link.congestion.window", "By", "What the congestion control of the open connections allows in flight.", link => link.Transport.CongestionWindowBytes);
        table.Gauge("chirps.link.inflight", "By", "Bytes sent and not yet acknowledged by the peers' transports, over all open connections.", () => Open().Sum(link => link.Transport.BytesInFlight));

        void Spread(string name, string unit, string description, Func<LinkReport, double> read) => table.Gauge(name, unit, description, _spread, stat =>
        {
            var values = Open().Select(read).Order().ToArray();
            return values.Length == 0 ? 0 : values[stat * (values.Length - 1) / 2];
        });

        IEnumerable<LinkReport> Open() => links().Where(link => link.Connected);
    }
}
