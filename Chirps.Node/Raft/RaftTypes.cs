using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>Which lane a message takes.</summary>
public enum RaftMessageClass : byte
{
    /// <summary>Entries, votes, heartbeats: the urgent lane, before everything else.</summary>
    Consensus,

    /// <summary>What may take long, state transfer for example: the bulk lane.</summary>
    Bulk,
}

/// <summary>Whether a message was taken for sending.</summary>
public enum RaftSend : byte
{
    /// <summary>It goes out with the next write to the peer.</summary>
    Taken,

    /// <summary>Too much waits for the peer already (<see cref="RaftOptions.PeerQueueBytes"/>).</summary>
    QueueFull,

    /// <summary>It is longer than a message may be.</summary>
    TooLarge,

    /// <summary>The group or the node was closed.</summary>
    Closed,
}

/// <summary>What became of a request.</summary>
public enum RaftOutcome : byte
{
    /// <summary>There is an answer.</summary>
    Answered,

    /// <summary>None came in time; nothing else is known.</summary>
    DeadlinePassed,

    /// <summary>The peer's node has no such group open.</summary>
    NoGroup,

    /// <summary>It was certainly not sent: no room, too long, closed, or the mesh knows that the peer is not there.</summary>
    NotSent,

    /// <summary>This node's transport was closed meanwhile; nothing else is known.</summary>
    Closed,
}

/// <summary>The answer to a request.</summary>
/// <param name="Outcome">Whether there is one.</param>
/// <param name="Message">The answer; empty without one.</param>
public readonly record struct RaftAnswer(RaftOutcome Outcome, ReadOnlyMemory<byte> Message = default);

/// <summary>A received message.</summary>
/// <param name="From">The sender, proven by its certificate.</param>
/// <param name="Message">The bytes. They are never changed, and may be kept.</param>
/// <param name="Class">Which lane it took.</param>
/// <param name="Correlation">Which request it is; 0 for one that wants no answer.</param>
public readonly record struct RaftDelivery(MemberId From, ReadOnlyMemory<byte> Message, RaftMessageClass Class, ulong Correlation)
{
    /// <summary>Whether the sender waits for an answer.</summary>
    public bool WantsAnswer => Correlation != 0;
}

/// <summary>A snapshot, before its bytes are sent.</summary>
/// <param name="Id">Names these very bytes: two offers with one id are two attempts to send the same.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Metadata">For the receiver's group: index and term, for example. At most 64 KiB.</param>
public sealed record RaftSnapshotOffer(Guid Id, long Length, ReadOnlyMemory<byte> Metadata);

/// <summary>What became of a snapshot's transfer.</summary>
public enum RaftTransfer : byte
{
    /// <summary>The receiver has all of it and took it.</summary>
    Complete,

    /// <summary>The receiver does not want it.</summary>
    Refused,

    /// <summary>The receiver could not be reached, or did not get on; another attempt goes on where this one stopped.</summary>
    Interrupted,
}

/// <summary>How this node receives what is for one group.</summary>
public sealed class RaftGroupOptions
{
    /// <summary>Called when messages wait that did not before: read until none is left. On a thread of the transport, which must not be held up.</summary>
    /// <value>None: wait with <see cref="IRaftGroup.WaitToReceiveAsync"/>.</value>
    public Action<IRaftGroup>? Arrived { get; init; }

    /// <summary>Takes the snapshots that peers send.</summary>
    /// <value>None: snapshots are refused.</value>
    public IRaftSnapshotSink? Snapshots { get; init; }
}

/// <summary>Takes the bytes of snapshots, one after the other. Called by one caller at a time, which is held up by nobody else.</summary>
public interface IRaftSnapshotSink
{
    /// <summary>A peer offers a snapshot. The last one, if it is not complete, is given up, unless it has the same id.</summary>
    /// <returns>How many of its first bytes are here already, 0 for none; negative to refuse it.</returns>
    ValueTask<long> BeginAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken);

    /// <summary>The next bytes, in order and checked. An exception ends the transfer.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>All bytes were written.</summary>
    /// <returns>Whether the snapshot is good; if not, it is refused.</returns>
    ValueTask<bool> CompleteAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken);
}

/// <summary>What the membership thinks of a peer now.</summary>
/// <param name="Peer">Which.</param>
/// <param name="IsUp">Whether it is held to be alive, perhaps again, in a new process; else it is held to be dead or has left.</param>
public readonly record struct RaftPeerHint(MemberId Peer, bool IsUp);
