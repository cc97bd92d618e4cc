using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>Two processes claim one identity: the same name and generation. The one known first is kept, the other refused.</summary>
/// <param name="Member">The name; this node's own when another process claims it.</param>
/// <param name="Generation">The generation claimed.</param>
/// <param name="Held">The address of the one that is kept.</param>
/// <param name="Claimed">The address of the other, as far as known.</param>
/// <param name="At">When.</param>
public sealed record IdentityConflict(MemberId Member, Generation Generation, MemberAddress Held, MemberAddress Claimed, MeshInstant At);
