using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>What this node holds of one member at one instant. Immutable; safe to hand to other threads.</summary>
/// <param name="Id">The stable name.</param>
/// <param name="Generation">Which process of that name.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Status">What is held true of it.</param>
/// <param name="Address">Where it says it can be reached.</param>
/// <param name="Since">When this node began to hold this status, on this node's clock.</param>
public sealed record Member(
    MemberId Id, Generation Generation, Incarnation Incarnation, MemberStatus Status, MemberAddress Address, MeshInstant Since)
{
    /// <summary>How new the fact is.</summary>
    public FactKey Key => new(Generation, Incarnation, Status);

    /// <summary>Whether it counts as a member: alive, or suspect and not yet declared dead.</summary>
    public bool IsPresent => Status <= MemberStatus.Suspect;
}
