using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Node;

/// <summary>What a node knows for and against a member at one moment. Immutable.</summary>
/// <param name="Phi">See <see cref="SwimEngine.PhiOf"/>.</param>
/// <param name="RoundTrip">See <see cref="SwimEngine.RoundTripTo"/>.</param>
/// <param name="Accusations">See <see cref="SwimEngine.AccusationsOf"/>.</param>
/// <param name="At">The moment on the wall clock of this node.</param>
/// <param name="Instant">The same on the clock of the engine.</param>
public sealed record EvidenceReport(double Phi, TimeSpan? RoundTrip, IReadOnlyList<Accusation> Accusations, DateTimeOffset At, MeshInstant Instant)
{
    /// <summary>An instant of the engine on the wall clock.</summary>
    public DateTimeOffset TimeOf(MeshInstant instant) => At - (Instant - instant);
}
