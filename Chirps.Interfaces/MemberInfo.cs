namespace Chirps;

/// <summary>What this node holds a member to be.</summary>
[GenerateSerializer, Alias("Chirps.MemberState")]
public enum MemberState
{
    /// <summary>Healthy, as far as is known.</summary>
    Alive,

    /// <summary>Did not answer, and has time to refute. Still a member.</summary>
    Suspect,

    /// <summary>Declared failed. A restart under the same name has a higher generation and is alive at once.</summary>
    Dead,

    /// <summary>Said itself that it goes.</summary>
    Left,
}

/// <summary>One member as this node sees it.</summary>
/// <param name="Id">Its stable name.</param>
/// <param name="State">What it is held to be.</param>
/// <param name="Generation">Which start of the process; grows with each.</param>
/// <param name="Incarnation">How often it refuted a rumour about itself in this generation.</param>
/// <param name="Address">Where it is reached, <c>ip:port</c> of its mesh socket.</param>
/// <param name="Since">When this node learnt of the current state, by its own clock.</param>
[GenerateSerializer, Immutable, Alias("Chirps.MemberInfo")]
public sealed record MemberInfo(
    [property: Id(0)] NodeId Id,
    [property: Id(1)] MemberState State,
    [property: Id(2)] ulong Generation,
    [property: Id(3)] uint Incarnation,
    [property: Id(4)] string Address,
    [property: Id(5)] DateTimeOffset Since);
