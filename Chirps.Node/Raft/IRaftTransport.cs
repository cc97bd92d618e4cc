using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>
/// Carries the messages of many consensus groups over one mesh. Bytes are opaque: no term, index or entry is known here. All members may be used from
/// any thread.
/// </summary>
/// <remarks>
/// What is promised is what Raft needs, and no more: a message may be lost, but is never damaged, and comes from the node that its sender's certificate names.
/// Messages of one class to one process keep their order; over restarts and reconnects some may be missing. Nothing here is a verdict on a peer.
/// </remarks>
public interface IRaftTransport
{
    /// <summary>This node.</summary>
    MemberId Self { get; }

    /// <summary>Takes part in a group from now on. Dispose the group to end it.</summary>
    /// <param name="group">Any number; the same on every node.</param>
    /// <param name="options">How this node receives.</param>
    /// <exception cref="InvalidOperationException">The group is open on this node already.</exception>
    IRaftGroup Open(ulong group, RaftGroupOptions? options = null);

    /// <summary>Follows what the membership thinks of the peers: hints, for an earlier election or an earlier attempt, and never a reason to count somebody out.</summary>
    RaftPeerFeed WatchPeers();
}
