using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>One consensus group on this node: what it sends, and its own bounded queue of what it receives. Any thread; one reader at a time.</summary>
public interface IRaftGroup : IDisposable
{
    /// <summary>Its number.</summary>
    ulong Id { get; }

    /// <summary>Sends a message without waiting and without word of its fate.</summary>
    /// <param name="peer">The peer; this node itself is allowed.</param>
    /// <param name="message">Copied.</param>
    /// <param name="messageClass">Which lane it takes.</param>
    /// <returns>Whether it was taken; if not, it certainly does not arrive.</returns>
    /// <exception cref="ArgumentException">The peer has no name.</exception>
    RaftSend Send(MemberId peer, ReadOnlySpan<byte> message, RaftMessageClass messageClass = RaftMessageClass.Consensus);

    /// <summary>Sends a message and waits for the answer that the peer's group gives with <see cref="Answer"/>.</summary>
    /// <param name="peer">The peer; this node itself is allowed.</param>
    /// <param name="message">Copied.</param>
    /// <param name="deadline">How long the answer may take.</param>
    /// <param name="messageClass">Which lane both take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, or why there is none. Without one the request may have been handled, or not.</returns>
    /// <exception cref="ArgumentException">The peer has no name, or the deadline is negative or longer than 24 days; nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<RaftAnswer> RequestAsync(MemberId peer, ReadOnlyMemory<byte> message, TimeSpan deadline, RaftMessageClass messageClass = RaftMessageClass.Consensus, CancellationToken cancellationToken = default);

    /// <summary>Answers a received message that <see cref="RaftDelivery.WantsAnswer"/>.</summary>
    /// <returns>Whether the answer was taken for sending.</returns>
    /// <exception cref="ArgumentException">The message wants no answer.</exception>
    RaftSend Answer(in RaftDelivery request, ReadOnlySpan<byte> answer);

    /// <summary>Takes the next received message.</summary>
    bool TryReceive(out RaftDelivery delivery);

    /// <summary>Waits until there is a message.</summary>
    /// <returns><see langword="false"/> when the group was closed and nothing is left.</returns>
    ValueTask<bool> WaitToReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a snapshot on the bulk lane in checked chunks, at most <see cref="RaftOptions.SnapshotBytesPerSecond"/>, going on where the receiver is when the way was interrupted.
    /// </summary>
    /// <param name="peer">The peer.</param>
    /// <param name="offer">What it is.</param>
    /// <param name="content">Its bytes, at least as many as offered; must be able to seek. Not disposed.</param>
    /// <param name="progress">Told how many bytes the receiver has.</param>
    /// <param name="cancellationToken">Ends the transfer; the receiver keeps what it has.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The peer has no name, the offer's length or metadata are not allowed, or the content is shorter than the offer.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<RaftTransfer> SendSnapshotAsync(MemberId peer, RaftSnapshotOffer offer, Stream content, IProgress<long>? progress = null, CancellationToken cancellationToken = default);
}
