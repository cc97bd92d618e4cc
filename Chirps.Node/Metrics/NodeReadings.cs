using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Quic;

namespace Chirps.Node.Metrics;

/// <summary>Where the metrics of a node are read, at each scrape.</summary>
internal sealed record NodeReadings(
    Func<MembershipView> Membership,
    Func<SwimCounters> Swim,
    Func<NodeReport> Report,
    Func<NodeHealth> Health,
    Func<EndpointStatistics> Transport,
    Func<IReadOnlyList<LinkReport>> Links,
    Func<IReadOnlyList<NodeStateView>> State,
    Func<int> LoopInbox,
    Func<long> RateLimited);
