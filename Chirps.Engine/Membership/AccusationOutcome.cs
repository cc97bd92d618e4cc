namespace Chirps.Engine.Membership;

/// <summary>What became of an accusation.</summary>
public enum AccusationOutcome
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
