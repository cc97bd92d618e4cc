using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>How a node is doing.</summary>
/// <param name="Joined">Whether it exchanged state with at least one other member, or needs none.</param>
/// <param name="LocalHealth">Lifeguard's multiplier, 0 is healthy.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="PendingControl">Control messages not yet acknowledged.</param>
/// <param name="Subscriptions">The subscribers' queues.</param>
/// <param name="Transport">Provider and version.</param>
public sealed record NodeReport(
    bool Joined,
    int LocalHealth,
    int Connections,
    int PendingControl,
    IReadOnlyList<SubscriptionReport> Subscriptions,
    string Transport);

/// <summary>One subscriber's queue.</summary>
/// <param name="Topic">Its topic, <c>*</c> for all.</param>
/// <param name="Queued">Waiting messages.</param>
/// <param name="Capacity">How many fit.</param>
/// <param name="Received">Messages put in.</param>
/// <param name="Dropped">Messages lost because it was full.</param>
public sealed record SubscriptionReport(string Topic, int Queued, int Capacity, long Received, long Dropped);

/// <summary>The connection to one member.</summary>
/// <param name="Connected">Whether there is one now.</param>
/// <param name="Outgoing">Whether this node dialled it.</param>
/// <param name="Pending">Control messages not yet acknowledged.</param>
/// <param name="Transport">The transport's measurements.</param>
public sealed record LinkReport(bool Connected, bool Outgoing, int Pending, ConnectionStatistics Transport);

/// <summary>A membership change with the wall-clock time at which this node saw it.</summary>
/// <param name="Change">The change.</param>
/// <param name="At">When.</param>
public sealed record MembershipRecord(MembershipChange Change, DateTimeOffset At);
