namespace Chirps.Engine.Membership;

/// <summary>What happened to a member.</summary>
public enum MembershipChangeKind
{
    /// <summary>Became a member: it was unknown, started anew with a higher generation, or came back from Dead or Left.</summary>
    Joined,

    /// <summary>Went by itself and said so.</summary>
    Left,

    /// <summary>Between Alive and Suspect, or declared Dead.</summary>
    StatusChanged,

    /// <summary>Same process, same status, other data: the address.</summary>
    Updated,
}
