namespace Chirps.Engine.Membership;

/// <summary>Where a datagram came from, as the carrier knows it.</summary>
/// <param name="Id">The authenticated peer, or the default value when the carrier does not authenticate each peer.</param>
/// <param name="Address">The address it was received from; answers go there.</param>
/// <param name="CredentialHash">A hash of the credential the peer proved, the same for the life of its process; zero when unknown. Another one for the same identity is a conflict.</param>
public readonly record struct PeerSource(MemberId Id, MemberAddress Address, ulong CredentialHash = 0);
