using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>Takes the datagrams of the membership engine to the other members. Called by the protocol loop alone.</summary>
internal interface IMembershipCarrier
{
    /// <summary>Sends a datagram, once and without a promise; what cannot be sent is counted.</summary>
    /// <param name="target">Whom it is for; the default value when only an address is known.</param>
    /// <param name="address">Where that is.</param>
    /// <param name="datagram">The datagram; not kept.</param>
    /// <param name="urgent">Whether delay spoils it.</param>
    void SendDatagram(MemberId target, MemberAddress address, ReadOnlySpan<byte> datagram, bool urgent);
}
