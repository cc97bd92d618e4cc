using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Node.Metrics;

/// <summary>The engine's counters under the names of the gossip-membership documentation.</summary>
internal static class SwimMetrics
{
    private static readonly string[] Faults = ["truncated", "too_long", "bad_version", "bad_kind", "bad_checksum", "bad_value"];

    public static void Register(MetricTable table, Func<SwimCounters> counters)
    {
        void Count(string name, string unit, string description, Func<SwimCounters, long> read)
            => table.ObservedCounter(name, unit, description, null, [], _ => read(counters()));

        Count("swim.pings.sent", "{datagram}", "Pings sent, those on behalf of others too.", swim => swim.PingsSent);
        Count("swim.acks.sent", "{datagram}", "Acknowledgements sent.", swim => swim.AcksSent);
        Count("swim.ping.requests.sent", "{datagram}", "Helpers asked to ping a silent member.", swim => swim.PingRequestsSent);
        Count("swim.nacks.sent", "{datagram}", "Nacks sent as a helper.", swim => swim.NacksSent);
        Count("swim.probe.failures", "{probe}", "Probes that ended without any acknowledgement.", swim => swim.ProbeFailures);
        Count("swim.gossip.rounds", "{round}", "Gossip rounds with something to say.", swim => swim.GossipRounds);
        Count("swim.gossip.sent", "{datagram}", "Gossip datagrams sent.", swim => swim.GossipSent);
        Count("swim.gossip.dropped", "{fact}", "Facts dropped because the gossip queue was full.", swim => swim.GossipDropped);
        Count("swim.anti.entropy.sent", "{datagram}", "Datagrams of table exchanges sent.", swim => swim.AntiEntropySent);
        Count("swim.merges.new", "{member}", "Members newly learnt of.", swim => swim.MergesNew);
        Count("swim.merges.updated", "{fact}", "Facts that changed a member.", swim => swim.MergesUpdated);
        Count("swim.merges.stale", "{fact}", "Facts older than what was known.", swim => swim.MergesStale);
        Count("swim.refutations", "{rumour}", "Rumours about this node that it refuted.", swim => swim.Refutations);
        Count("swim.members.refused", "{member}", "Members refused because the table is full.", swim => swim.MembersRefused);
        Count("swim.spoofed", "{datagram}", "Datagrams whose sender was not who its connection says.", swim => swim.SpoofedSenders);
        Count("swim.wrong.cluster", "{datagram}", "Datagrams of another cluster.", swim => swim.WrongCluster);
        Count("swim.late.timers", "{event}", "Times the protocol's timer came so late that nobody was accused.", swim => swim.LateTimers);
        table.ObservedCounter("swim.decode.faults", "{datagram}", "Datagrams that could not be taken, by reason.", "reason", Faults, index => counters().Faults((DecodeFault)(index + 1)));
    }
}
