using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>The result of a broadcast.</summary>
/// <param name="Members">What is known of each member's copy; empty when the message was stored for all.</param>
/// <param name="Stored">What is known of the one message that was stored for all; <see langword="null"/> for copies.</param>
public sealed record BroadcastResult(IReadOnlyList<(MemberId Member, SendResult Result)> Members, SendResult? Stored = null);
