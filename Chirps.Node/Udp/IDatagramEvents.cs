using Chirps.Engine.Membership;

namespace Chirps.Node.Udp;

/// <summary>What the udp carrier tells the rest of the node, on threads of its own.</summary>
internal interface IDatagramEvents
{
    /// <summary>A membership datagram came from a holder of the key. Must not keep the bytes.</summary>
    void DatagramReceived(MemberAddress address, ReadOnlySpan<byte> datagram);

    /// <summary>The network says that an address cannot be reached. Anybody on the way may say so: evidence, no verdict.</summary>
    void AddressUnreachable(MemberAddress address);
}
