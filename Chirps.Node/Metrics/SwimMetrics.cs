using Chirps.Engine.Membership;
using Chirps.Engine.Wire;
using SwimDrop = Chirps.Engine.Membership.DropReason;

namespace Chirps.Node.Metrics;

/// <summary>The engine's counters under the names of the gossip-membership documentation.</summary>
internal static class SwimMetrics
{
    private static readonly MetricLabels _kinds = MetricLabels.Of<MessageKind>("kind");

    public static void Register(MetricTable table, Func<SwimCounters> counters, Func<long> rateLimited)
    {
        void Count(string name, string unit, string description, Func<SwimCounters, long> read)
            => table.ObservedCounter(name, unit, description, null, [], _ => read(counters()));

        Count("swim.gossip.sent", "{datagram}", "Gossip datagrams sent.", swim => swim.Sent(MessageKind.Gossip));
        Count("swim.pings.sent", "{datagram}", "Pings sent, those on behalf of others too.", swim => swim.PingsSent);
        Count("swim.acks.sent", "{datagram}", "Acknowledgements sent.", swim => swim.AcksSent);
        Count("swim.ping.requests.sent", "{datagram}", "Helpers asked to ping a silent member.", swim => swim.PingRequestsSent);
        Count("swim.nacks.sent", "{datagram}", "Nacks sent as a helper.", swim => swim.NacksSent);
        Count("swim.probe.failures", "{probe}", "Probes that ended without any acknowledgement.", swim => swim.ProbesFailed);
        Count("swim.gossip.rounds", "{round}", "Gossip rounds with something to say.", swim => swim.GossipRounds);
        Count("swim.anti.entropy.sent", "{datagram}", "Summaries and parts of the table sent.", swim => swim.Sent(MessageKind.TableSummary) + swim.Sent(MessageKind.AntiEntropy));
        Count("swim.anti.entropy.rounds", "{round}", "Exchanges of the whole table begun.", swim => swim.AntiEntropyRounds);
        Count("swim.healing.attempts", "{attempt}", "Times a dead member was spoken to, in case it is only on the other side of a partition.", swim => swim.HealingAttempts);
        Count("swim.merges.new", "{member}", "Members that were not known before.", swim => swim.MergesNew);
        Count("swim.merges.applied", "{fact}", "Facts that changed a member.", swim => swim.MergesApplied);
        Count("swim.merges.stale", "{fact}", "Facts older than what was known.", swim => swim.MergesStale);
        Count("swim.refutations", "{rumour}", "Rumours about this node that it refuted.", swim => swim.Refutations);
        Count("swim.confirmations", "{suspicion}", "Further accusers that shortened a suspicion.", swim => swim.Confirmations);
        Count("swim.verdicts.withheld", "{probe}", "Failed probes that accused nobody, because this process was late itself.", swim => swim.VerdictsWithheld);
        Count("swim.deaths.declared", "{member}", "Members this node itself declared dead.", swim => swim.DeathsDeclared);
        Count("swim.datagrams.sent", "{datagram}", "Membership datagrams sent.", swim => swim.DatagramsSent);
        Count("swim.datagrams.received", "{datagram}", "Membership datagrams taken.", swim => swim.DatagramsReceived);
        Count("swim.late.timers", "{event}", "Times the protocol's timer came so late that nobody was accused.", swim => swim.LateTimers);
        table.ObservedCounter("swim.messages.sent", "{datagram}", "Membership datagrams sent, by kind.", _kinds, index => counters().Sent((MessageKind)(index + 1)));
        table.ObservedCounter("swim.messages.received", "{datagram}", "Membership datagrams taken, by kind.", _kinds, index => counters().Received((MessageKind)(index + 1)));
        table.ObservedCounter("swim.sent", "By", "Bytes of membership datagrams sent, by kind, without the carrier's own.", _kinds, index => counters().SentBytes((MessageKind)(index + 1)));
        table.ObservedCounter("swim.received", "By", "Bytes of membership datagrams taken, by kind, without the carrier's own.", _kinds, index => counters().ReceivedBytes((MessageKind)(index + 1)));
        table.ObservedCounter("swim.rate.limited", "{packet}", "Packets dropped because too many came: from one peer, from strangers, or altogether.", MetricLabels.None, _ => rateLimited());
        table.ObservedCounter("swim.decode.faults", "{datagram}", "Datagrams that could not be taken, by reason.", MetricLabels.Of<DecodeFault>("reason", skipped: 1), index => counters().Rejected((DecodeFault)(index + 1)));
        table.ObservedCounter("swim.drops", "{event}", "What the engine dropped, by reason.", MetricLabels.Of<SwimDrop>("reason"), index => counters().Dropped((SwimDrop)index));
    }
}
