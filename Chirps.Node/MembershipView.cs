using System.Collections.Frozen;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>The members at one moment. Immutable.</summary>
public sealed class MembershipView
{
    private readonly FrozenDictionary<MemberId, Member> _byId;

    internal MembershipView(Member self, IReadOnlyList<Member> members, ulong version, DateTimeOffset at, Engine.Time.MeshInstant instant)
    {
        Self = self;
        Members = members;
        Version = version;
        _byId = members.ToFrozenDictionary(member => member.Id);
        _at = at;
        _instant = instant;
    }

    private readonly DateTimeOffset _at;
    private readonly Engine.Time.MeshInstant _instant;

    /// <summary>This node.</summary>
    public Member Self { get; }

    /// <summary>All members, this node included, in the order they joined.</summary>
    public IReadOnlyList<Member> Members { get; }

    /// <summary>The version of the last change in it.</summary>
    public ulong Version { get; }

    /// <summary>Looks a member up.</summary>
    public bool TryGet(MemberId id, out Member member) => _byId.TryGetValue(id, out member!);

    /// <summary>How many members have a status.</summary>
    public int Count(MemberStatus status) => Members.Count(member => member.Status == status);

    /// <summary>Since when a member has its status, on the wall clock of this node.</summary>
    public DateTimeOffset Since(Member member) => _at - (_instant - member.Since);
}
