using Chirps.Engine.Membership;

namespace Chirps.Engine.State;

/// <summary>Key-values too large for datagrams, for one member, to be sent over a stream.</summary>
/// <param name="Target">The member.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Bytes">What to hand to the member's <c>SwimEngine.ReceiveTransfer</c>, whole. The taker's own; sending it twice or never harms nothing.</param>
public readonly record struct OutgoingTransfer(MemberId Target, MemberAddress Address, ReadOnlyMemory<byte> Bytes);
