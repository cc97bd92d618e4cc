namespace Chirps.Engine.Carrier;

/// <summary>The fields of a packet's header that vary.</summary>
/// <param name="IsBound">Whether the packet is sealed for one receiver; otherwise for whoever gets it, as a request to a seed is.</param>
/// <param name="Key">Which key it is sealed with.</param>
/// <param name="ClusterTag">The top byte of the hash of the cluster's name.</param>
/// <param name="Sender">The hash of the sender's name.</param>
/// <param name="Generation">The generation of its process, 48 bits.</param>
/// <param name="Counter">Which packet of the process it is, 48 bits.</param>
internal readonly record struct PacketHeader(bool IsBound, byte Key, byte ClusterTag, ulong Sender, ulong Generation, ulong Counter);
