using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Engine.Detection;

/// <summary>Watches the members; once each period it names those to suspect. It never declares a death.</summary>
internal interface IFailureDetector
{
    /// <summary>Whether every member is probed in turn. If not, heartbeats are passed on, and only members with evidence against them are probed.</summary>
    bool ProbesEveryone { get; }

    /// <summary>How often a fresh heartbeat of a member arrives while all is well, as far as can be told beforehand.</summary>
    TimeSpan ExpectedInterval(int members);

    /// <summary>How much later than usual a member's next heartbeat is: zero is in time.</summary>
    double Phi(MeshInstant now, MemberRecord member, int members);

    /// <summary>Whether a member should be suspected on its heartbeats alone.</summary>
    bool Accuses(MeshInstant now, MemberRecord member, int members);
}
