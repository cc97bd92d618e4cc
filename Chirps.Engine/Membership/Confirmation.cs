using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>An accuser after the first.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When this node counted it.</param>
/// <param name="IsWitness">Whether it was a helper's report to this node, not an accusation of its own.</param>
public readonly record struct Confirmation(MemberId By, MeshInstant At, bool IsWitness);
