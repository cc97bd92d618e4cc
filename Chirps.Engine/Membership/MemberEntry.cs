using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>A member in the table, with what only this node knows of it.</summary>
internal sealed class MemberEntry(Member member)
{
    /// <summary>The member as it is published. Replaced, never changed.</summary>
    public Member Member { get; set; } = member;

    public Suspicion? Suspicion { get; set; }

    /// <summary>When this node last had a datagram from it.</summary>
    public MeshInstant? LastHeard { get; set; }

    /// <summary>When it was last told that it is held dead.</summary>
    public MeshInstant? LastTold { get; set; }

    public MemberId Id => Member.Id;

    public MemberStatus Status => Member.Status;

    /// <summary>Alive or suspect: counts as a member, is probed and gossiped to.</summary>
    public bool IsPresent => Status is MemberStatus.Alive or MemberStatus.Suspect;
}
