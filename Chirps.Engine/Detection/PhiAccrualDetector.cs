using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Engine.Detection;

/// <summary>Accuses a member whose next heartbeat is overdue by far more than its heartbeats usually are (Hayashibara et al. 2004, in chitchat's form).</summary>
/// <param name="settings">The settings.</param>
internal sealed class PhiAccrualDetector(SwimSettings settings) : IFailureDetector
{
    /// <inheritdoc/>
    public bool ProbesEveryone => false;

    /// <summary>Heartbeats go on from node to node, so that a fresh one arrives about once a period.</summary>
    public TimeSpan ExpectedInterval(int members) => settings.Period;

    /// <inheritdoc/>
    public double Phi(MeshInstant now, MemberRecord member, int members) =>
        member.Heartbeats.Phi(now, ExpectedInterval(members), settings.PhiAcceptablePause);

    /// <inheritdoc/>
    public bool Accuses(MeshInstant now, MemberRecord member, int members) => Phi(now, member, members) > settings.PhiThreshold;
}
