namespace Chirps.Engine.Membership;

/// <summary>One change of the membership as this node sees it. Changes are about other members, never about the node itself.</summary>
/// <param name="Version">Counts the changes of this engine from 1 without gaps; a gap seen by a reader means changes it did not take in time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Member">The member after the change.</param>
/// <param name="OldStatus">The status before; <see langword="null"/> when the member was unknown.</param>
/// <param name="NewStatus">The status after. <see cref="MembershipChangeKind.Joined"/> comes with Suspect when a member held dead is heard of first through a newer suspicion.</param>
/// <param name="Accuser">Who raised the suspicion or declared the death, where known.</param>
/// <param name="SinceLastAck">How long ago the member last answered a probe of this node, if it ever did.</param>
public sealed record MembershipChange(
    ulong Version,
    MembershipChangeKind Kind,
    Member Member,
    MemberStatus? OldStatus,
    MemberStatus NewStatus,
    MemberId? Accuser,
    TimeSpan? SinceLastAck);
