namespace Chirps;

/// <summary>How this node is doing.</summary>
/// <param name="Self">This node as a member.</param>
/// <param name="Joined">Whether it exchanged state with at least one other member, or was started without seeds, and has not begun to leave.</param>
/// <param name="MembershipVersion">The version of the last membership event.</param>
/// <param name="Alive">Members held to be alive, this node included.</param>
/// <param name="Suspect">Members under suspicion.</param>
/// <param name="Dead">Members declared dead and not yet forgotten.</param>
/// <param name="Left">Members that left and are not yet forgotten.</param>
/// <param name="LocalHealth">Lifeguard's local health multiplier: 0 is healthy; each step slows this node's accusations down.</param>
/// <param name="Connections">Open connections to peers.</param>
/// <param name="PendingControl">Control messages sent and not yet acknowledged.</param>
/// <param name="Subscriptions">Queues of subscribers on this node, with their depths and losses.</param>
/// <param name="Transport">The provider and version that carries the mesh.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MeshStatus")]
public sealed record MeshStatus(
    [property: Id(0)] MemberInfo Self,
    [property: Id(1)] bool Joined,
    [property: Id(2)] ulong MembershipVersion,
    [property: Id(3)] int Alive,
    [property: Id(4)] int Suspect,
    [property: Id(5)] int Dead,
    [property: Id(6)] int Left,
    [property: Id(7)] int LocalHealth,
    [property: Id(8)] int Connections,
    [property: Id(9)] int PendingControl,
    [property: Id(10)] IReadOnlyList<SubscriptionStatus> Subscriptions,
    [property: Id(11)] string Transport);

/// <summary>One subscriber's queue.</summary>
/// <param name="Topic">Its topic; <c>*</c> for all.</param>
/// <param name="Queued">Messages waiting in it.</param>
/// <param name="Capacity">How many fit.</param>
/// <param name="Received">Messages put into it since it exists.</param>
/// <param name="Dropped">Messages it lost because it was full.</param>
[GenerateSerializer, Immutable, Alias("Chirps.SubscriptionStatus")]
public sealed record SubscriptionStatus(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Queued,
    [property: Id(2)] int Capacity,
    [property: Id(3)] long Received,
    [property: Id(4)] long Dropped);
