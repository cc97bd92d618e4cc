using Chirps.Node.Links;
using Chirps.Node.Metrics;

namespace Chirps.Node;

/// <content>How the node is: for probes of an orchestrator, and for metrics.</content>
public sealed partial class MeshNode
{
    /// <summary>So many protocol periods the loop may be late, and at least <see cref="_lagMin"/>: a busy machine is not a dead node.</summary>
    private const int LagPeriodsMax = 20;

    private static readonly TimeSpan _lagMin = TimeSpan.FromSeconds(5);

    /// <summary>Whether the node works, and whether it can serve. Any thread; cheap.</summary>
    public NodeHealth Health()
    {
        var lag = _loop.Lag;
        var most = _options.SwimSettings.Period * LagPeriodsMax;
        var isAlive = !_loop.HasFailed && lag <= (most > _lagMin ? most : _lagMin);
        List<HealthCheck> checks =
        [
            new("loop", isAlive, _loop.HasFailed ? "the membership loop has failed; see the log" : isAlive ? "ok" : $"late by {lag.TotalSeconds:F1} s"),
            new("joined", Report().Joined, _leaving ? "the node leaves or has left" : _loop.Joined.IsCompletedSuccessfully ? "ok" : "no seed has answered yet"),
            new("transport", _endpoint.IsOpen, _endpoint.IsOpen ? "ok" : "the QUIC endpoint is closed; see the log"),
        ];
        if (_udp is { } udp)
        {
            checks.Add(new("membership", udp.IsReceiving, udp.IsReceiving ? "ok" : "nothing is received over UDP any more; see the log"));
        }

        if (_router.Storing is { } storing)
        {
            checks.Add(storing.Health);
        }

        return new NodeHealth(isAlive, lag, checks);
    }

    private NodeReadings Readings() => new(
        () => Membership,
        () => _loop.Counters,
        Report,
        Health,
        _endpoint.GetStatistics,
        () => [.. _connections.Links.Select(LinkReportOf)],
        () => _state.Current,
        () => _loop.Waiting,
        () => _udpMetrics?.RateLimited ?? 0);

    private static LinkReport LinkReportOf(PeerLink link)
    {
        var connection = link.Connection;
        return new LinkReport(
            connection is { IsOpen: true },
            connection?.IsOutgoing ?? false,
            connection?.Handshake ?? Quic.HandshakeKind.Full,
            connection?.ValidUntil ?? default,
            connection?.GetStatistics() ?? default,
            link.LaneReports());
    }
}
