namespace Chirps.Engine.Membership;

/// <summary>Who a datagram goes to or came from.</summary>
/// <param name="Record">What is held of it, when it is in the table.</param>
/// <param name="Id">Its name; the default value when only the address is known.</param>
/// <param name="Address">Where.</param>
internal readonly record struct Peer(MemberRecord? Record, MemberId Id, MemberAddress Address)
{
    /// <summary>A member at its own address.</summary>
    public static Peer Of(MemberRecord record) => new(record, record.Id, record.Address);

    /// <summary>A place whose member is not known.</summary>
    public static Peer At(MemberAddress address) => new(null, default, address);
}
