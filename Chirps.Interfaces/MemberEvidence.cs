namespace Chirps;

/// <summary>Why this node holds a member to be what it is: how late its heartbeat is, and who accused it when.</summary>
/// <param name="Phi">How much later than usual its heartbeat is, in mean intervals; 0 while it is in time. An opinion of this node, with either detector, and no verdict.</param>
/// <param name="RoundTrip">What its answers to this node's probes usually take; <see langword="null"/> when it never answered one.</param>
/// <param name="Accusations">The last accusations, oldest first. Kept for the last eight, while this process runs.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MemberEvidence")]
public sealed record MemberEvidence(
    [property: Id(0)] double Phi,
    [property: Id(1)] TimeSpan? RoundTrip,
    [property: Id(2)] IReadOnlyList<MemberAccusation> Accusations);

/// <summary>One accusation of a member as this node saw it. All times by this node's clock.</summary>
/// <param name="Generation">Which start of the process was accused.</param>
/// <param name="Incarnation">At which incarnation.</param>
/// <param name="Accuser">Who accused first, where known; this node itself for its own failed probe.</param>
/// <param name="At">When this node learnt of it.</param>
/// <param name="Helpers">Whom this node had asked to probe too, and what they said; empty for another's accusation.</param>
/// <param name="Confirmations">Further accusers, in the order they counted.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="EndedAt">When, unless it is open.</param>
/// <param name="EndedBy">Who declared the death, where known.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MemberAccusation")]
public sealed record MemberAccusation(
    [property: Id(0)] ulong Generation,
    [property: Id(1)] uint Incarnation,
    [property: Id(2)] NodeId? Accuser,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] IReadOnlyList<AccusationHelper> Helpers,
    [property: Id(5)] IReadOnlyList<AccusationConfirmation> Confirmations,
    [property: Id(6)] AccusationResult Outcome,
    [property: Id(7)] DateTimeOffset? EndedAt,
    [property: Id(8)] NodeId? EndedBy);

/// <summary>A member that was asked to probe the accused too.</summary>
/// <param name="Id">Whom this node asked.</param>
/// <param name="Nacked">Whether it reported that it got no answer either; otherwise it said nothing in time.</param>
[GenerateSerializer, Immutable, Alias("Chirps.AccusationHelper")]
public sealed record AccusationHelper([property: Id(0)] NodeId Id, [property: Id(1)] bool Nacked);

/// <summary>An accuser after the first.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When this node counted it.</param>
/// <param name="IsWitness">Whether it was a helper's report to this node, not an accusation of its own.</param>
[GenerateSerializer, Immutable, Alias("Chirps.AccusationConfirmation")]
public sealed record AccusationConfirmation([property: Id(0)] NodeId By, [property: Id(1)] DateTimeOffset At, [property: Id(2)] bool IsWitness);

/// <summary>What became of an accusation.</summary>
[GenerateSerializer, Alias("Chirps.AccusationResult")]
public enum AccusationResult
{
    /// <summary>The suspicion runs.</summary>
    Open,

    /// <summary>The member answered with a higher incarnation, or as a new process.</summary>
    Refuted,

    /// <summary>The member was declared dead, here or elsewhere.</summary>
    Dead,

    /// <summary>The member turned out to have left.</summary>
    Left,
}
