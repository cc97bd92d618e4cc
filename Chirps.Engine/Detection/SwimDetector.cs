using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Engine.Detection;

/// <summary>Leaves every accusation to the probes; heartbeats only tell how a member does.</summary>
/// <param name="settings">The settings.</param>
internal sealed class SwimDetector(SwimSettings settings) : IFailureDetector
{
    /// <inheritdoc/>
    public bool ProbesEveryone => true;

    /// <summary>Members meet directly only: each is probed once in n periods by this node and probes it once.</summary>
    public TimeSpan ExpectedInterval(int members) => settings.Period * Math.Max(1, members / 2.0);

    /// <inheritdoc/>
    public double Phi(MeshInstant now, MemberRecord member, int members) =>
        member.Heartbeats.Phi(now, ExpectedInterval(members), settings.PhiAcceptablePause);

    /// <inheritdoc/>
    public bool Accuses(MeshInstant now, MemberRecord member, int members) => false;
}
