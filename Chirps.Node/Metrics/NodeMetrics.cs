using Chirps.Engine.Membership;

namespace Chirps.Node.Metrics;

/// <summary>Publishes what the parts of a node hold at the moment of reading.</summary>
internal static class NodeMetrics
{
    private static readonly string[] _queues = ["control_window", "control_waiting", "subscribers", "loop_inbox", "swim_gossip", "swim_outbox"];

    public static void Register(MetricTable table, NodeReadings node)
    {
        table.Gauge("chirps.membership.alive", "{member}", "Members held to be alive.", () => node.Membership().Count(MemberStatus.Alive));
        table.Gauge("chirps.membership.suspect", "{member}", "Members under suspicion.", () => node.Membership().Count(MemberStatus.Suspect));
        table.Gauge("chirps.swim.node.state", "{member}", "Members by status.", MetricLabels.Of<MemberStatus>("status"), status => node.Membership().Count((MemberStatus)status));
        table.Gauge("swim.members.alive", "{member}", "Members held to be alive.", () => node.Membership().Count(MemberStatus.Alive));
        table.Gauge("swim.members.suspect", "{member}", "Members under suspicion.", () => node.Membership().Count(MemberStatus.Suspect));
        table.Gauge("swim.members.dead", "{member}", "Members declared dead.", () => node.Membership().Count(MemberStatus.Dead));
        table.Gauge("swim.local.health", "1", "Local health multiplier; 0 is healthy.", () => node.Report().LocalHealth);
        table.Gauge("swim.incarnation", "1", "Incarnation of this node: it grows with each refutation.", () => node.Membership().Self.Incarnation.Value);
        table.Gauge("chirps.node.joined", "1", "1 once a seed has answered, or none is needed; 0 before, and from a leave on.", () => node.Report().Joined ? 1 : 0);
        table.Gauge("chirps.node.ready", "1", "1 when /readyz answers 200.", () => node.Health().IsReady ? 1 : 0);
        table.Gauge("chirps.loop.lag", "s", "By how much the membership loop is late at this moment; 0 while it keeps its time.", MetricLabels.None, _ => node.Health().LoopLag.TotalSeconds);
        table.Gauge("chirps.transport.connections.active", "{connection}", "Open connections.", () => node.Report().Connections);
        table.Gauge("chirps.control.pending", "{message}", "Control messages sent and not yet acknowledged.", () => node.Report().PendingControl);
        table.Gauge("chirps.queue.depth", "{item}", "What waits in the queues of this node.", MetricLabels.Of("queue", _queues), index => Depth(node, index));
        table.Gauge("chirps.subscriber.fill.ratio", "1", "How full the fullest queue of a subscriber is, 0 to 1.", MetricLabels.None, _ => Fill(node.Report().Subscriptions));
        table.Gauge("chirps.state.keys", "{key}", "Key-values held, of all nodes.", () => node.State().Sum(one => (long)one.Entries.Count));
        table.Gauge("chirps.state.nodes", "{node}", "Nodes with key-values.", () => node.State().Count);
        LinkMetrics.Register(table, node.Links);
        SwimMetrics.Register(table, node.Swim, node.RateLimited);
        TransportMetrics.Register(table, node.Transport);
    }

    private static double Depth(NodeReadings node, int index) => _queues[index] switch
    {
        "control_window" => node.Links().Sum(link => link.Lanes.Sum(lane => (double)lane.Unsettled)),
        "control_waiting" => node.Links().Sum(link => link.Lanes.Sum(lane => (double)lane.Waiting)),
        "subscribers" => node.Report().Subscriptions.Sum(one => (double)one.Queued),
        "loop_inbox" => node.LoopInbox(),
        "swim_gossip" => node.Swim().GossipQueueLength,
        _ => node.Swim().OutboxLength,
    };

    private static double Fill(IReadOnlyList<SubscriptionReport> subscriptions)
        => subscriptions.Select(one => (double)one.Queued / one.Capacity).DefaultIfEmpty().Max();
}
