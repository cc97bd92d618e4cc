using Orleans.Concurrency;

namespace Chirps;

/// <summary>
/// The mesh node of the silo that serves the call. Key: <see cref="LocalKey"/>. Calls run beside each other and
/// never wait for one another.
/// </summary>
[Alias("Chirps.IMeshGrain")]
public interface IMeshGrain : IGrainWithStringKey
{
    /// <summary>The key of the grain.</summary>
    const string LocalKey = "local";

    /// <summary>This node as a member.</summary>
    [AlwaysInterleave, Alias("Self")]
    Task<MemberInfo> Self();

    /// <summary>All members this node knows, itself included, dead and left ones until they are forgotten.</summary>
    [AlwaysInterleave, Alias("Members")]
    Task<IReadOnlyList<MemberInfo>> Members();

    /// <summary>Sends a message to one member.</summary>
    /// <param name="target">The member; this node itself is allowed.</param>
    /// <param name="payload">At most 4 MiB with <see cref="MessageProfile.Control"/>, 64 KiB with <see cref="MessageProfile.Ephemeral"/>, 16 MiB with <see cref="MessageProfile.Durable"/> (all configurable). Not to be changed until the call has ended.</param>
    /// <param name="profile">What the message needs.</param>
    /// <param name="topic">Which subscribers get it: 1 to 255 bytes of UTF-8.</param>
    /// <param name="options">Deadline, waiting, lane and id; <see langword="null"/> for the node's defaults.</param>
    /// <param name="cancellationToken">Ends the wait. The message may be delivered all the same.</param>
    /// <returns>What is certain; see <see cref="SendOutcome"/>. Never throws for what peers or the network do.</returns>
    /// <exception cref="ArgumentException">The target, the topic or the lane is not valid.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; whether the message arrived is unknown.</exception>
    [AlwaysInterleave, Alias("SendTo")]
    Task<SendReceipt> SendTo(NodeId target, [Immutable] ReadOnlyMemory<byte> payload, MessageProfile profile, string topic, SendOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a message to every member that is alive or suspect, this node excepted, to all at the same time. With <see cref="MessageProfile.Durable"/> it is stored once
    /// for all members, this node and absent ones included.
    /// </summary>
    /// <returns>One receipt per member, or for the one that was stored.</returns>
    /// <inheritdoc cref="SendTo" />
    [AlwaysInterleave, Alias("Broadcast")]
    Task<BroadcastReceipt> Broadcast([Immutable] ReadOnlyMemory<byte> payload, MessageProfile profile, string topic, SendOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Starts joining through more seeds. Returns when they are taken up; <see cref="Status"/> says whether one answered.</summary>
    /// <param name="seeds"><c>host:port</c> each.</param>
    /// <param name="cancellationToken">Ends the resolution of host names.</param>
    /// <exception cref="ArgumentException">A seed is not of that form, or its host is not known.</exception>
    [AlwaysInterleave, Alias("Join")]
    Task Join(IReadOnlyList<string> seeds, CancellationToken cancellationToken = default);

    /// <summary>Leaves the mesh: tells the others, waits until enough of them know (bounded), and accepts no more messages to send. The silo goes on.</summary>
    [AlwaysInterleave, Alias("Leave")]
    Task Leave(CancellationToken cancellationToken = default);

    /// <summary>Writes one of this node's own key-values; every node of the mesh hears of it.</summary>
    /// <param name="key">1 to 255 bytes of UTF-8. Parts separated by <c>/</c> can be subscribed to, see <see cref="ChirpsStreams.State"/>.</param>
    /// <param name="value">Up to <c>State:ValueBytesMax</c>, 64 KiB by default.</param>
    /// <param name="timeToLive">After how long this node deletes it, unless it is written again; <see langword="null"/> for never.</param>
    /// <exception cref="ArgumentException">The key, the value or the time breaks a limit; nothing changed.</exception>
    [AlwaysInterleave, Alias("SetState")]
    Task<StateOutcome> SetState(string key, [Immutable] ReadOnlyMemory<byte> value, TimeSpan? timeToLive = null);

    /// <summary>Deletes one of this node's own key-values.</summary>
    [AlwaysInterleave, Alias("DeleteState")]
    Task<StateOutcome> DeleteState(string key);

    /// <summary>How this node is doing.</summary>
    [AlwaysInterleave, Alias("Status")]
    Task<MeshStatus> Status();
}
