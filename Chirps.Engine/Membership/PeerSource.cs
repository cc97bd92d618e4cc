namespace Chirps.Engine.Membership;

/// <summary>Where a datagram came from, as the carrier knows it.</summary>
/// <param name="Id">The authenticated peer, or the default value when the carrier does not authenticate each peer.</param>
/// <param name="Address">The address it was received from; answers go there.</param>
public readonly record struct PeerSource(MemberId Id, MemberAddress Address);
