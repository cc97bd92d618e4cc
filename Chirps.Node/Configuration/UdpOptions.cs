using Chirps.Engine.Carrier;

namespace Chirps.Node;

/// <summary>Section <c>Chirps:Udp</c>: membership over plain UDP, used when <see cref="SwimOptions.Carrier"/> is <c>Udp</c>.</summary>
public sealed class UdpOptions
{
    /// <summary>The file with the keys all members share; made and changed by <c>chirps keys</c>. Only its owner may be able to read it (mode 0600).</summary>
    /// <remarks>Who has a key can speak in membership as any member: drive others out of it, and invent some. Messages stay protected by the certificates.</remarks>
    /// <value>Empty: on loopback <c>membership.keys</c> in the data directory, made when it is not there. Beyond loopback a file is needed.</value>
    public string KeyPath { get; set; } = "";

    /// <summary>How often the file is looked at, to bring other keys into force without a restart.</summary>
    /// <remarks>Where the system reports changes they are seen at once; this is for the rest.</remarks>
    /// <value>10 seconds.</value>
    [Between("100ms", "1d")]
    public TimeSpan KeyReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Port of QUIC, on the IP address of <see cref="NodeOptions.ListenAddress"/>, whose port is that of membership; 0 takes a free one.</summary>
    /// <remarks>The others learn it by themselves. A firewall wants a fixed one.</remarks>
    /// <value>0.</value>
    [Between(0, 65535)]
    public int QuicPort { get; set; }

    /// <summary>The longest UDP payload, sent and taken: header, key's tag and checksum included.</summary>
    /// <remarks>1,200 fits every path (RFC 9000, section 14); more saves packets where the path is known to carry them. Must be the same on all nodes.</remarks>
    /// <value>1,200; 642 to 65,507.</value>
    [Between(PacketLimits.PacketBytesLeast, 65507)]
    public int PacketBytesMax { get; set; } = 1200;

    /// <summary>Packets taken in a second from all members together. Addresses not heard of before get a quarter as many for all of them, apart.</summary>
    /// <remarks>Ten a second of each member is usual. A bound on what a flood costs, well above what a start of a whole cluster needs.</remarks>
    /// <value>4,000.</value>
    [Between(1, 1_000_000)]
    public int PacketsPerSecond { get; set; } = 4000;

    /// <summary>How many of them may come at once.</summary>
    /// <value>8,000.</value>
    [Between(1, 1_000_000)]
    public int Burst { get; set; } = 8000;

    /// <summary>Packets taken in a second from one member.</summary>
    /// <value>250.</value>
    [Between(1, 1_000_000)]
    public int PeerPacketsPerSecond { get; set; } = 250;

    /// <summary>How many of them may come at once: a table of a thousand members is about forty.</summary>
    /// <value>500.</value>
    [Between(1, 1_000_000)]
    public int PeerBurst { get; set; } = 500;

    /// <summary>The limits, for as many senders as there may be members and as many again that come and go.</summary>
    internal PacketLimits ToLimits(int membersMax) => new(PacketBytesMax, PacketsPerSecond, Burst, PeerPacketsPerSecond, PeerBurst, 2 * membersMax);
}
