using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>How a node is doing.</summary>
/// <param name="Joined">Whether it exchanged state with at least one other member, or needs none, and has not begun to leave.</param>
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

/// <summary>The connection to one member, and the lanes, which outlive it.</summary>
/// <param name="Connected">Whether there is one now.</param>
/// <param name="Outgoing">Whether this node dialled it.</param>
/// <param name="Handshake">How its handshake went.</param>
/// <param name="ValidUntil">When the first certificate of the connection expires.</param>
/// <param name="Transport">The transport's measurements.</param>
/// <param name="Lanes">The lanes used so far.</param>
public sealed record LinkReport(bool Connected, bool Outgoing, HandshakeKind Handshake, DateTimeOffset ValidUntil, ConnectionStatistics Transport, IReadOnlyList<LaneReport> Lanes);

/// <summary>One lane to a member.</summary>
/// <param name="Lane">Its number.</param>
/// <param name="Unsettled">Messages sent and not yet acknowledged.</param>
/// <param name="Waiting">Messages that wait for room or for a connection.</param>
/// <param name="Bytes">Payload bytes of both.</param>
/// <param name="Delivered">Messages acknowledged so far.</param>
/// <param name="Retransmitted">Messages sent again on another connection so far.</param>
public sealed record LaneReport(int Lane, int Unsettled, int Waiting, long Bytes, long Delivered, long Retransmitted);

/// <summary>A membership change with the wall-clock time at which this node saw it.</summary>
/// <param name="Change">The change.</param>
/// <param name="At">When.</param>
public sealed record MembershipRecord(MembershipChange Change, DateTimeOffset At);
