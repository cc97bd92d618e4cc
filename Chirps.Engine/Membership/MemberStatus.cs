namespace Chirps.Engine.Membership;

/// <summary>What is held true of a member. The numeric value is its rank in <see cref="FactKey"/> and its code on the wire.</summary>
public enum MemberStatus : byte
{
    /// <summary>Believed to run.</summary>
    Alive = 0,

    /// <summary>Did not answer somebody; still counted as a member, and given time to refute (SWIM paper, section 4.2).</summary>
    Suspect = 1,

    /// <summary>Declared failed: the suspicion was not refuted in time.</summary>
    Dead = 2,

    /// <summary>Went by itself and said so.</summary>
    Left = 3,
}
