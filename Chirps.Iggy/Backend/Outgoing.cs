using Chirps.Node;

namespace Chirps.Iggy.Backend;

/// <summary>A message on its way to a channel.</summary>
/// <param name="Channel">Where to.</param>
/// <param name="Header">What is said of it.</param>
/// <param name="Payload">The bytes, a copy of our own.</param>
internal sealed record Outgoing(string Channel, DurableHeader Header, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Whether the sender chose the id, and so may send it again.</summary>
    public bool HasChosenId { get; init; }

    /// <summary>What became of it.</summary>
    public TaskCompletionSource<SendResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers the sender.</summary>
    public void Finish(Outcome outcome, FailureReason reason = FailureReason.None, uint? partition = null, ulong? offset = null)
        => Completion.TrySetResult(new SendResult(outcome, Header.MessageId, reason, offset, (int?)partition));
}
