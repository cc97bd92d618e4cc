using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>A probe this node runs for another.</summary>
/// <param name="Sequence">This node's own number for it.</param>
/// <param name="Target">Whom the ping went to.</param>
/// <param name="TargetGeneration">Which process of the target.</param>
/// <param name="Requester">Who asked.</param>
/// <param name="RequesterAddress">Where to answer.</param>
/// <param name="RequesterSequence">The number the answer repeats.</param>
/// <param name="NackAt">When to report that no ack came.</param>
/// <param name="Expires">When a late ack is of no use any more.</param>
/// <param name="Nacked">Whether that was reported.</param>
internal readonly record struct HelpedProbe(
    uint Sequence,
    MemberId Target,
    Generation TargetGeneration,
    MemberId Requester,
    MemberAddress RequesterAddress,
    uint RequesterSequence,
    MeshInstant NackAt,
    MeshInstant Expires,
    bool Nacked);
