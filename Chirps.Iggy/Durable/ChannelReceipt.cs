using Chirps.Node;

namespace Chirps.Iggy.Durable;

/// <summary>What became of a published message.</summary>
/// <param name="Outcome"><see cref="Node.Outcome.Persisted"/>, <see cref="Node.Outcome.Queued"/>, <see cref="Node.Outcome.Unknown"/> or <see cref="Node.Outcome.Rejected"/>.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Partition">Where it is stored, when it is.</param>
/// <param name="Offset">Its offset there, where the server tells.</param>
public readonly record struct ChannelReceipt(Outcome Outcome, Guid MessageId, FailureReason Reason = FailureReason.None, int? Partition = null, ulong? Offset = null);
