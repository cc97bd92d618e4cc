using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Tests.Wire;

namespace Chirps.Tests.Carrier;

public sealed class PacketTests
{
    /// <summary>Made by another implementation, written after docs/wire-format.md, RFC 5869 and RFC 8439.</summary>
    private const string Vector = "3C1101B53507D047A67C08F4000000000009000000000005E4E1DDB5997CB27A"
        + "E1CE913BFC01D23D9F7F8C32E518950C72A6CDB2E5987457DBFB9ABA357028F7"
        + "B603891963BE4AEAF412186BF4844A34677698D9DC13A8A97D23E8BD8FE643F0"
        + "470225C9AD75964F";

    public static TheoryData<int> EveryByte { get; } = new(Enumerable.Range(0, Packets.Ping().Length + PacketSealer.OverheadBytes));

    [Fact]
    public void A_packet_opens_to_the_datagram_that_was_sealed()
    {
        using var test = new Sealed();
        var datagram = Packets.OfKind(Engine.Wire.MessageKind.PingRequest);

        Assert.Equal(PacketFault.None, test.Open(test.Seal(datagram)));

        Assert.Equal(datagram, test.Opened);
    }

    [Fact]
    public void The_header_is_as_documented()
    {
        using var test = new Sealed();

        var packet = test.Seal();

        // Magic, version 1 and bound to its receiver, key 1, tag of "test", hash of "alice", generation 9, counter 5.
        Assert.Equal("3C1101" + $"{Packets.Cluster >> 56:X2}" + "3507D047A67C08F4" + "000000000009" + "000000000005", Convert.ToHexString(packet[..24]));
        Assert.Equal(Packets.Ping().Length + 42, packet.Length);
    }

    [Fact]
    public void Another_implementation_of_the_format_makes_the_same_packet()
    {
        using var test = new Sealed();

        Assert.Equal(Vector, Convert.ToHexString(test.Seal()));
    }

    [Theory]
    [MemberData(nameof(EveryByte))]
    public void A_change_of_any_byte_is_noticed(int index)
    {
        using var test = new Sealed();
        var packet = test.Seal();

        packet[index] ^= 0x10;

        Assert.NotEqual(PacketFault.None, test.Open(packet));
        Assert.True(test.Open(Sealed.Repair(packet)) != PacketFault.None || index >= packet.Length - 2, "with a right checksum too");
    }

    [Fact]
    public void A_packet_cut_off_anywhere_is_refused()
    {
        using var test = new Sealed();
        var packet = test.Seal();

        Assert.All(Enumerable.Range(0, packet.Length), length => Assert.NotEqual(PacketFault.None, test.Open(packet[..length])));
        Assert.All(Enumerable.Range(0, packet.Length), length => Assert.NotEqual(PacketFault.None, test.Open(Sealed.Repair(packet[..length]))));
        Assert.Equal(PacketFault.Truncated, test.Open(packet[..81]));
        Assert.Equal(PacketFault.None, test.Open(packet));
    }

    [Fact]
    public void The_longest_packet_is_taken_and_one_byte_more_is_not()
    {
        using var test = new Sealed(Sealed.Limits(bytes: 200));
        byte[] Long(int length) => [.. Packets.Ping(), .. new byte[length - PacketSealer.OverheadBytes - Packets.Ping().Length]];

        Assert.Equal(PacketFault.None, test.Open(test.Seal(Long(200))));
        Assert.Equal(PacketFault.Oversized, test.Open(test.Seal(Long(201))));
    }

    [Fact]
    public void Each_way_to_be_wrong_has_its_reason()
    {
        using var test = new Sealed();
        using var elsewhere = new Sealed(cluster: "other");
        byte[] With(int index, byte value) => Sealed.Repair([.. test.Seal().Select((old, at) => at == index ? value : old)]);

        Assert.Equal(PacketFault.NotAPacket, test.Open(With(0, 0x43)));
        Assert.Equal(PacketFault.UnknownVersion, test.Open(With(1, 0x21)));
        Assert.Equal(PacketFault.BadFlags, test.Open(With(1, 0x13)));
        Assert.Equal(PacketFault.WrongCluster, elsewhere.Open(test.Seal()));
        Assert.Equal(PacketFault.UnknownKey, test.Open(test.Seal(key: 2)));
        Assert.Equal(PacketFault.NotAuthentic, test.Open(test.Seal(), new PacketKeyRing([new PacketKey(1, new byte[PacketKey.Bytes])], 1)));
        Assert.Equal(PacketFault.NotAuthentic, test.Open(test.Seal(receiver: MemberId.Parse("carol"))));
        Assert.Equal(PacketFault.SenderMismatch, test.Open(test.Seal(new byte[100])));
        var changed = test.Seal();
        changed[^1] ^= 1;
        Assert.Equal(PacketFault.BadChecksum, test.Open(changed));
    }

    [Fact]
    public void A_packet_of_the_node_itself_is_refused()
    {
        using var test = new Sealed();
        using var opener = new PacketOpener(Sealed.Cluster, Sealed.Alice, Sealed.Limits());

        Assert.Equal(PacketFault.FromSelf, opener.Open(test.Now, Sealed.Ring(), Sealed.Source, test.Seal(), new byte[1200], out _));
    }

    [Fact]
    public void A_packet_for_nobody_in_particular_is_taken_by_whoever_gets_it()
    {
        using var test = new Sealed();

        Assert.Equal(PacketFault.None, test.Open(test.Seal(receiver: default(MemberId))));
    }

    [Fact]
    public void Packets_of_any_key_of_the_ring_are_taken_in_turn()
    {
        using var test = new Sealed();
        var ring = Sealed.Ring(1, 2);

        Assert.All(new byte[] { 1, 2, 1, 2 }, key => Assert.Equal(PacketFault.None, test.Open(test.Seal(key: key), ring)));
        Assert.Equal(PacketFault.UnknownKey, test.Open(test.Seal(key: 2), Sealed.Ring(1)));
    }

    [Fact]
    public void The_last_counter_is_used_and_nothing_is_sealed_after_it()
    {
        using var sealer = new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(9), entropy: 0) { Counter = PacketFormat.FieldMax - 1 };
        var packet = new byte[1200];

        Assert.NotEqual(0, sealer.Seal(Sealed.Ring(), Sealed.Bob, Packets.Ping(), packet));
        Assert.Equal("FFFFFFFFFFFF", Convert.ToHexString(packet, 18, 6));
        Assert.Equal(0, sealer.Seal(Sealed.Ring(), Sealed.Bob, Packets.Ping(), packet));
    }

    [Fact]
    public void Whatever_the_entropy_half_of_the_counters_are_left()
    {
        using var sealer = new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(9), entropy: ulong.MaxValue);
        var packet = new byte[1200];

        sealer.Seal(Sealed.Ring(), Sealed.Bob, Packets.Ping(), packet);

        Assert.Equal("800000000000", Convert.ToHexString(packet, 18, 6));
    }

    [Fact]
    public void A_generation_beyond_the_field_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(1UL << 48), 0));
    }

    [Fact]
    public void Two_processes_of_a_sender_seal_the_same_datagram_differently_at_the_same_counter()
    {
        using var first = new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(9), 0);
        using var second = new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(10), 0);
        var (one, other) = (new byte[1200], new byte[1200]);
        var length = Packets.Ping().Length;

        first.Seal(Sealed.Ring(), Sealed.Bob, Packets.Ping(), one);
        second.Seal(Sealed.Ring(), Sealed.Bob, Packets.Ping(), other);

        Assert.Equal(one[18..24], other[18..24]);
        Assert.True(one[24..(24 + length)].Zip(other[24..(24 + length)]).Count(pair => pair.First == pair.Second) < length / 4, "the key stream is another one");
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        using var test = new Sealed();
        var ring = Sealed.Ring();
        var datagram = Packets.Ping();
        var (packet, opened) = (new byte[1200], new byte[1200]);
        bool Pass() => test.Opener.Open(test.Now, ring, Sealed.Source, packet.AsSpan(0, test.Sealer.Seal(ring, Sealed.Bob, datagram, packet)), opened, out _) == PacketFault.None;
        Assert.True(Pass() && Pass());

        var before = GC.GetAllocatedBytesForCurrentThread();
        var passed = Pass() & Pass() & Pass();
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(passed);
        Assert.Equal(before, after);
    }
}
