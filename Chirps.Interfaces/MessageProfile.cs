namespace Chirps;

/// <summary>What a message needs from its way; the configured routes map each profile to a backend.</summary>
[GenerateSerializer, Alias("Chirps.MessageProfile")]
public enum MessageProfile
{
    /// <summary>
    /// Cluster control: a QUIC stream of the highest priority. Ordered per sender and receiver, retransmitted by the
    /// transport, waits when the way is full. A receipt says <see cref="SendOutcome.Delivered"/> only after the
    /// peer's node has handed the message to a subscriber's queue.
    /// </summary>
    Control,

    /// <summary>
    /// State that is soon out of date: a QUIC datagram, or a short-lived stream when it does not fit in one. Never
    /// waits, never retransmitted; under pressure the newest wins, and each drop is counted.
    /// </summary>
    Ephemeral,

    /// <summary>
    /// Persisted before success is reported: <see cref="SendOutcome.Persisted"/> only after the server's answer, <see cref="SendOutcome.Queued"/> on this node's
    /// disk while the server cannot be reached. Ordered by key, read by every node from where it stopped.
    /// </summary>
    Durable,
}
