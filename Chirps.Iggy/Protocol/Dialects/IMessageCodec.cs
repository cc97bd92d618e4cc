using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>How a dialect carries messages. Implementations keep no state.</summary>
internal interface IMessageCodec
{
    /// <summary>How messages lie in answers to a poll.</summary>
    MessageLayout Layout { get; }

    /// <summary>Whether a client must name the partition of each send and of each poll of a group member.</summary>
    bool RoutesAtClient { get; }

    /// <summary>Appends a send's payload.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="topic">Which topic.</param>
    /// <param name="partitioning">Which partition.</param>
    /// <param name="messages">At least one message.</param>
    /// <param name="nowMicroseconds">The producer's time of messages that carry none.</param>
    /// <exception cref="ArgumentException">No message; a payload or user headers above their limit; in VSR, producer's times more than 71 minutes apart.</exception>
    void WriteSend(WireBuffer buffer, in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, ReadOnlySpan<IggyMessage> messages, ulong nowMicroseconds);

    /// <summary>Reads and checks a send's payload.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="request">A view of it.</param>
    /// <returns>What to answer when it is not well formed.</returns>
    IggyStatus TryReadSend(ReadOnlySpan<byte> payload, out SendRequest request);

    /// <summary>Reads and checks the answer to a poll.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="verify">Whether checksums are compared.</param>
    /// <param name="reply">A view of it.</param>
    /// <returns>Ok, or what is wrong.</returns>
    IggyStatus TryReadPoll(ReadOnlySpan<byte> payload, bool verify, out PollReply reply);
}
