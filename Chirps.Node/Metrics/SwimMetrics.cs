using Chirps.Engine.Membership;
using Chirps.Engine.Wire;
using SwimDrop = Chirps.Engine.Membership.DropReason;

namespace Chirps.Node.Metrics;

/// <summary>The engine's counters under the names of the gossip-membership documentation.</summary>
internal static class SwimMetrics
{
    private static readonly string[] _faults = [.. Enum.GetNames<DecodeFault>()[1..].Select(MetricTable.Label)];
    private static readonly string[] _drops = [.. Enum.GetNames<SwimDrop>().Select(MetricTable.Label)];

    public static void Register(MetricTable table, Func<SwimCounters> counters)
    {
        void Count(string name, string unit, string description, Func<SwimCounters, long> read)
            => table.ObservedCounter(name, unit, description, null, [], _ => read(counters()));

        Count("swim.pings.sent", "{datagram}", "Pings sent, those on behalf of others too.", swim => swim.PingsSent);
        Count("swim.acks.sent", "{datagram}", "Acknowledgements sent.", swim => swim.AcksSent);
        Count("swim.ping.requests.sent", "{datagram}", "Helpers asked to ping a silent member.", swim => swim.PingRequestsSent);
        Count("swim.nacks.sent", "{datagram}", "Nacks sent as a helper.", swim => swim.NacksSent);
        Count("swim.probe.failures", "{probe}", "Probes that ended without any acknowledgement.", swim => swim.ProbesFailed);
        Count("swim.gossip.rounds", "{round}", "Gossip rounds with something to say.", swim => swim.GossipRounds);
        Count("swim.anti.entropy.rounds", "{round}", "Exchanges of the whole table begun.", swim => swim.AntiEntropyRounds);
        Count("swim.healing.attempts", "{attempt}", "Times a dead member was spoken to, in case it is only on the other side of a partition.", swim => swim.HealingAttempts);
        Count("swim.merges.applied", "{fact}", "Facts that changed a member.", swim => swim.MergesApplied);
        Count("swim.merges.stale", "{fact}", "Facts older than what was known.", swim => swim.MergesStale);
        Count("swim.refutations", "{rumour}", "Rumours about this node that it refuted.", swim => swim.Refutations);
        Count("swim.deaths.declared", "{member}", "Members this node itself declared dead.", swim => swim.DeathsDeclared);
        Count("swim.datagrams.sent", "{datagram}", "Membership datagrams sent.", swim => swim.DatagramsSent);
        Count("swim.datagrams.received", "{datagram}", "Membership datagrams taken.", swim => swim.DatagramsReceived);
        Count("swim.late.timers", "{event}", "Times the protocol's timer came so late that nobody was accused.", swim => swim.LateTimers);
        table.ObservedCounter("swim.decode.faults", "{datagram}", "Datagrams that could not be taken, by reason.", "reason", _faults, index => counters().Rejected((DecodeFault)(index + 1)));
        table.ObservedCounter("swim.drops", "{event}", "What the engine dropped, by reason.", "reason", _drops, index => counters().Dropped((SwimDrop)index));
    }
}
