using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>One accusation of a member as this node saw it: who, on what evidence, and how it ended. Immutable.</summary>
/// <param name="Generation">Which process was accused.</param>
/// <param name="Incarnation">At which incarnation.</param>
/// <param name="Accuser">Who accused first, where known; this node itself for its own failed probe.</param>
/// <param name="At">When this node learnt of it.</param>
/// <param name="Helpers">Whom this node had asked to probe too, and what they said; empty for another's accusation.</param>
/// <param name="Confirmations">Further accusers, in the order they counted.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="EndedAt">When, unless it is open.</param>
/// <param name="EndedBy">Who declared the death, where known.</param>
public sealed record Accusation(
    Generation Generation,
    Incarnation Incarnation,
    MemberId? Accuser,
    MeshInstant At,
    IReadOnlyList<HelperAnswer> Helpers,
    IReadOnlyList<Confirmation> Confirmations,
    AccusationOutcome Outcome,
    MeshInstant? EndedAt,
    MemberId? EndedBy);
