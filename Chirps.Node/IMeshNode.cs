using Chirps.Engine.Membership;
using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>
/// One node of the mesh. All members may be used from any thread. Sends never throw for what peers or the network
/// do: the result says what is certain.
/// </summary>
public interface IMeshNode
{
    /// <summary>The name of the cluster; peers of another cluster are refused.</summary>
    string Cluster { get; }

    /// <summary>All known members, this node included, as of the last change. Cheap: an immutable snapshot.</summary>
    MembershipView Membership { get; }

    /// <summary>Completes when the node has joined (or was started without seeds); faults when it stops before.</summary>
    Task Joined { get; }

    /// <summary>Sends a message to one member, or to this node itself.</summary>
    /// <param name="target">The member.</param>
    /// <param name="payload">Not to be changed until the call has ended.</param>
    /// <param name="profile">What the message needs.</param>
    /// <param name="topic">1 to 255 bytes of UTF-8.</param>
    /// <param name="options">Deadline and waiting.</param>
    /// <param name="cancellationToken">Ends the wait, not the delivery.</param>
    /// <exception cref="ArgumentException">The target or the topic is not valid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; whether the message arrived is unknown.</exception>
    ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a message to every alive or suspect member but this node, to all at once. With <see cref="Profile.Durable"/> it is stored once, and every
    /// member reads it: this one too, and those that are away once they are back.
    /// </summary>
    /// <inheritdoc cref="SendAsync" />
    ValueTask<BroadcastResult> BroadcastAsync(ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options = default, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a topic. Dispose the subscription to end it.</summary>
    /// <param name="topic">The topic, or <see cref="MeshSubscription.AllTopics"/>.</param>
    /// <param name="capacity">How many messages wait for the reader; 0 for <see cref="LimitOptions.SubscriberQueue"/>. When full, this subscriber loses the newest and counts it; nobody else notices.</param>
    MeshSubscription Subscribe(string topic, int capacity = 0);

    /// <summary>Subscribes to membership changes from now on. Dispose the feed to end it.</summary>
    MembershipFeed WatchMembership();

    /// <summary>The key-values of every node that has some, this node's too, as of the last change. Cheap: an immutable snapshot.</summary>
    IReadOnlyList<NodeStateView> ClusterState { get; }

    /// <summary>Writes one of this node's own keys; every node hears of it.</summary>
    /// <param name="key">1 to 255 bytes of UTF-8.</param>
    /// <param name="value">Up to <see cref="StateOptions.ValueBytesMax"/>; not to be changed until the call has ended.</param>
    /// <param name="lifetime">After how long this node deletes it by itself, unless it is written again; <see langword="null"/> for never.</param>
    /// <param name="cancellationToken">Ends the wait; the write may happen all the same.</param>
    /// <exception cref="ArgumentException">The key, the value or the lifetime breaks a limit; nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    Task<StateWriteResult> SetStateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? lifetime = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes one of this node's own keys.</summary>
    /// <param name="key">The key.</param>
    /// <param name="afterGrace">Whether everybody keeps seeing it until <see cref="StateOptions.KeyGrace"/> has passed.</param>
    /// <param name="cancellationToken">Ends the wait; the deletion may happen all the same.</param>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    Task<StateWriteResult> DeleteStateAsync(string key, bool afterGrace = false, CancellationToken cancellationToken = default);

    /// <summary>Hands in key-values of another node that were fetched some other way, after a <see cref="StateChangeKind.Reset"/> of it.</summary>
    /// <returns>Whether they were newer than what is held, and taken.</returns>
    Task<bool> RestoreStateAsync(NodeStateView view, CancellationToken cancellationToken = default);

    /// <summary>The present members of which the readiness rule holds (<see cref="StateOptions.ReadyKey"/>).</summary>
    Task<IReadOnlyList<MemberId>> ReadyMembersAsync(CancellationToken cancellationToken = default);

    /// <summary>Subscribes to changes of key-values from now on. Dispose the feed to end it.</summary>
    /// <param name="prefix">Only keys that begin with it, and resets; empty for all keys; <see langword="null"/> for readiness as well.</param>
    StateFeed WatchState(string? prefix = null);

    /// <summary>The last changes of a member, oldest first.</summary>
    IReadOnlyList<MembershipRecord> History(MemberId id);

    /// <summary>What this node knows for and against a member: how late its heartbeat is, and its last accusations.</summary>
    /// <returns><see langword="null"/> when this node knows no member of that name.</returns>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    Task<EvidenceReport?> EvidenceAsync(MemberId id, CancellationToken cancellationToken = default);

    /// <summary>The connection to a member; <see langword="null"/> when there never was one.</summary>
    LinkReport? Link(MemberId id);

    /// <summary>Starts joining through more seeds.</summary>
    /// <exception cref="ArgumentException">A seed is not <c>host:port</c>, or its host is not known.</exception>
    /// <exception cref="InvalidOperationException">The node has begun to leave.</exception>
    Task JoinAsync(IReadOnlyList<string> seeds, CancellationToken cancellationToken = default);

    /// <summary>Leaves: tells the others, waits until enough of them know (bounded), then refuses to send.</summary>
    Task LeaveAsync(CancellationToken cancellationToken = default);

    /// <summary>How the node is doing.</summary>
    NodeReport Report();
}
