namespace Chirps.Engine.Membership;

/// <summary>A datagram to send.</summary>
/// <param name="Target">The member it is for, or the default value when only an address is known (a seed).</param>
/// <param name="Address">Where to send it.</param>
/// <param name="Bytes">The datagram, in a pooled buffer: valid only until the next call on the engine.</param>
/// <param name="Urgent">Whether delay spoils it (ping, ping request, ack, nack); such datagrams are also handed out first.</param>
public readonly record struct OutgoingDatagram(MemberId Target, MemberAddress Address, ReadOnlyMemory<byte> Bytes, bool Urgent);
