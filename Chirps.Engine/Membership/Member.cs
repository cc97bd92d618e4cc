using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>A member at one moment. Immutable.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Generation">Which start.</param>
/// <param name="Incarnation">Which refutation.</param>
/// <param name="Status">What it is held to be.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Since">Since when it has the status.</param>
public sealed record Member(MemberId Id, Generation Generation, Incarnation Incarnation, MemberStatus Status, MemberAddress Address, MeshInstant Since)
{
    /// <summary>Its place in the order of facts.</summary>
    public FactKey Key => new(Generation, Incarnation, Status);
}

/// <summary>What kind of change it is.</summary>
public enum MembershipChangeKind
{
    /// <summary>A new member, or one back from death or with a higher generation.</summary>
    Joined,

    /// <summary>It said that it goes.</summary>
    Left,

    /// <summary>It is held to be something else.</summary>
    StatusChanged,

    /// <summary>Its address changed.</summary>
    Updated,
}

/// <summary>A change of the membership.</summary>
/// <param name="Version">Counts this engine's changes from 1, without gaps.</param>
/// <param name="Kind">What kind.</param>
/// <param name="Member">The member after it.</param>
/// <param name="OldStatus">Before; <see langword="null"/> for one not known before.</param>
/// <param name="NewStatus">After.</param>
/// <param name="Accuser">Who declared it suspect or dead.</param>
/// <param name="SinceLastAck">Time since this node last had an answer from it.</param>
public sealed record MembershipChange(
    ulong Version,
    MembershipChangeKind Kind,
    Member Member,
    MemberStatus? OldStatus,
    MemberStatus NewStatus,
    MemberId? Accuser,
    TimeSpan? SinceLastAck);

/// <summary>Where a datagram came from.</summary>
/// <param name="Id">The peer as its carrier has authenticated it; default where the carrier does not.</param>
/// <param name="Address">The address it came from.</param>
public readonly record struct PeerSource(MemberId Id, MemberAddress Address);

/// <summary>A datagram to send.</summary>
/// <param name="Target">To whom; default for a seed of which only the address is known.</param>
/// <param name="Address">Where to.</param>
/// <param name="Bytes">Valid until the next call on the engine.</param>
/// <param name="Urgent">Part of a probe: late is as good as lost.</param>
public readonly record struct OutgoingDatagram(MemberId Target, MemberAddress Address, ReadOnlyMemory<byte> Bytes, bool Urgent);

/// <summary>How a probe ended.</summary>
/// <param name="Target">Who was probed.</param>
/// <param name="Succeeded">Whether any acknowledgement came.</param>
/// <param name="Indirect">Whether it came through a helper.</param>
/// <param name="RoundTrip">From the ping to the acknowledgement.</param>
/// <param name="NacksExpected">Helpers asked.</param>
/// <param name="NacksReceived">Helpers that said that they had no answer either.</param>
public readonly record struct ProbeReport(MemberId Target, bool Succeeded, bool Indirect, TimeSpan RoundTrip, int NacksExpected, int NacksReceived);
