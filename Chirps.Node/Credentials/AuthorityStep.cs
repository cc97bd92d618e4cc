namespace Chirps.Node.Credentials;

/// <summary>A stage in the change from one authority to the next that was just done.</summary>
/// <param name="Stage">The stage; <see cref="AuthorityStage.Settled"/> stands for the last one, 3.</param>
/// <param name="Old">The name of the authority that goes.</param>
/// <param name="New">The name of the one that comes.</param>
/// <param name="Distribute">The files that the nodes need now.</param>
public sealed record AuthorityStep(AuthorityStage Stage, string Old, string New, IReadOnlyList<string> Distribute);
