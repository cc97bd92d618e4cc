using System.Net;
using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Tests.Wire;

namespace Chirps.Tests.Carrier;

/// <summary>One sender (alice, generation 9, whose first counter is 5) and one receiver (bob), and what goes between them.</summary>
internal sealed class Sealed : IDisposable
{
    public const string Cluster = "test";

    private readonly byte[] _buffer = new byte[65536];
    private readonly byte[] _opened = new byte[65536];

    public Sealed(PacketLimits? limits = null, string cluster = Cluster)
    {
        Sealer = new PacketSealer(Cluster, Alice, new Generation(9), entropy: 4);
        Opener = new PacketOpener(cluster, Bob, limits ?? Limits());
    }

    public static MemberId Alice { get; } = MemberId.Parse("alice");

    public static MemberId Bob { get; } = MemberId.Parse("bob");

    public static MemberAddress Source { get; } = At(1);

    public PacketSealer Sealer { get; }

    public PacketOpener Opener { get; }

    public MeshInstant Now { get; set; } = MeshInstant.Zero;

    /// <summary>The datagram the last packet opened to.</summary>
    public byte[] Opened { get; private set; } = [];

    public static PacketLimits Limits(int bytes = 1200, int rate = 1_000_000, int burst = 1_000_000, int peerRate = 1_000_000, int peerBurst = 1_000_000, int peers = 100)
        => new(bytes, rate, burst, peerRate, peerBurst, peers);

    public static MemberAddress At(int host) => MemberAddress.FromIPEndPoint(new IPEndPoint(new IPAddress([10, 0, (byte)(host >> 8), (byte)host]), 42000));

    /// <summary>The key whose bytes are all its number.</summary>
    public static PacketKey Key(byte id) => new(id, Enumerable.Repeat(id, PacketKey.Bytes).ToArray());

    public static PacketKeyRing Ring(byte current = 1, params byte[] others) => new([Key(current), .. others.Select(Key)], current);

    public byte[] Seal(byte[]? datagram = null, MemberId? receiver = null, byte key = 1)
        => _buffer[..Sealer.Seal(Ring(key), receiver ?? Bob, datagram ?? Packets.Ping(), _buffer)];

    public PacketFault Open(byte[] packet, PacketKeyRing? ring = null, MemberAddress? source = null)
    {
        var fault = Opener.Open(Now, ring ?? Ring(), source ?? Source, packet, _opened, out var length);
        Opened = _opened[..length];
        return fault;
    }

    /// <summary>The packet with a right checksum again.</summary>
    public static byte[] Repair(byte[] packet)
    {
        if (packet.Length >= PacketFormat.ChecksumBytes)
        {
            PacketFormat.WriteChecksum(packet);
        }

        return packet;
    }

    public void Dispose()
    {
        Sealer.Dispose();
        Opener.Dispose();
    }
}
