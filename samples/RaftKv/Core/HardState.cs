using Chirps.Engine.Membership;

namespace RaftKv.Core;

/// <summary>What a replica must not forget before it answers: its term, and whom it voted for in it.</summary>
/// <param name="Term">The latest term it has seen.</param>
/// <param name="Vote">Whom it voted for; the default for nobody.</param>
internal readonly record struct HardState(ulong Term, MemberId Vote);
