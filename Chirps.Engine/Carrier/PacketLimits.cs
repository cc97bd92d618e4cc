using Chirps.Engine.Membership;

namespace Chirps.Engine.Carrier;

/// <summary>What a node takes at most over plain UDP. Immutable.</summary>
/// <param name="PacketBytesMax">The longest packet.</param>
/// <param name="PacketsPerSecond">Packets of all known sources together in the long run. Of all others together a quarter as many more.</param>
/// <param name="Burst">How many of them at once.</param>
/// <param name="PeerPacketsPerSecond">Packets of one known source in the long run.</param>
/// <param name="PeerBurst">How many of them at once.</param>
/// <param name="PeersMax">Sources, and senders, that are remembered; the one longest silent is forgotten for another.</param>
public sealed record PacketLimits(int PacketBytesMax, int PacketsPerSecond, int Burst, int PeerPacketsPerSecond, int PeerBurst, int PeersMax)
{
    /// <summary>The least a packet must be able to carry.</summary>
    /// <remarks>The smallest datagram budget of <see cref="SwimSettings.DatagramBytesMax"/> in its envelope.</remarks>
    public const int PacketBytesLeast = 600 + PacketFormat.OverheadBytes;
}
