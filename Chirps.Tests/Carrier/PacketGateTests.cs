using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Tests.Carrier;

public sealed class PacketGateTests
{
    private static readonly MeshInstant _start = MeshInstant.Zero + TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_bucket_gives_its_burst_at_once_and_then_one_token_each_interval(int burst)
    {
        var bucket = new TokenBucket(perSecond: 10, burst);

        Assert.Equal(burst, Take(ref bucket, _start));
        Assert.False(bucket.TryTake(_start + TimeSpan.FromMilliseconds(99.9)));
        Assert.True(bucket.TryTake(_start + TimeSpan.FromMilliseconds(100)));
        Assert.False(bucket.TryTake(_start + TimeSpan.FromMilliseconds(100)));
        Assert.Equal(burst, Take(ref bucket, _start + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_known_source_has_a_bucket_of_its_own()
    {
        var gate = Gate(peerBurst: 3);

        Assert.Equal([PacketFault.None, PacketFault.None, PacketFault.None, PacketFault.PeerLimited], Ask(gate, 1, 4));
        Assert.Equal([PacketFault.None, PacketFault.None, PacketFault.None, PacketFault.PeerLimited], Ask(gate, 2, 4));
    }

    [Fact]
    public void All_known_sources_share_one_bucket()
    {
        var gate = Gate(burst: 4, peerBurst: 3);

        Assert.Equal(3, Ask(gate, 1, 3).Count(fault => fault == PacketFault.None));
        Assert.Equal([PacketFault.None, PacketFault.RateLimited, PacketFault.RateLimited], Ask(gate, 2, 3));
    }

    [Fact]
    public void A_flood_of_strangers_takes_nothing_from_those_that_are_known_and_is_not_remembered()
    {
        var gate = Gate(burst: 400);

        var strangers = Enumerable.Range(100, 10_000).Select(host => gate.Ask(_start, Sealed.At(host))).ToList();

        Assert.Equal(100, strangers.Count(fault => fault == PacketFault.None));
        Assert.Equal(9_900, strangers.Count(fault => fault == PacketFault.StrangersLimited));
        Assert.All(Ask(gate, 1, 400), fault => Assert.Equal(PacketFault.None, fault));
        Assert.Equal(2, gate.Count);
    }

    [Fact]
    public void The_source_longest_silent_makes_room_for_another()
    {
        var gate = new PacketGate(Sealed.Limits(peers: 2));
        gate.Know(_start, Sealed.At(1));
        gate.Know(_start + TimeSpan.FromSeconds(1), Sealed.At(2));
        gate.Ask(_start + TimeSpan.FromSeconds(2), Sealed.At(1));

        gate.Know(_start + TimeSpan.FromSeconds(3), Sealed.At(3));

        Assert.Equal(2, gate.Count);
        Assert.True(gate.Knows(Sealed.At(1)) && gate.Knows(Sealed.At(3)) && !gate.Knows(Sealed.At(2)));
    }

    [Fact]
    public void Packets_beyond_the_limit_of_their_source_are_refused_until_time_has_passed()
    {
        using var test = new Sealed(Sealed.Limits(peerRate: 10, peerBurst: 2)) { Now = _start };

        // The first one came from a stranger; the next two are the burst.
        Assert.Equal([PacketFault.None, PacketFault.None, PacketFault.None, PacketFault.PeerLimited], Enumerable.Range(0, 4).Select(_ => test.Open(test.Seal())));
        test.Now += TimeSpan.FromMilliseconds(100);
        Assert.Equal(PacketFault.None, test.Open(test.Seal()));
    }

    [Fact]
    public void Senders_are_remembered_up_to_the_limit()
    {
        using var test = new Sealed(Sealed.Limits(peers: 3));
        var buffer = new byte[1200];
        for (var number = 0; number < 10; number++)
        {
            var id = MemberId.Parse($"node-{number}");
            using var sealer = new PacketSealer(Sealed.Cluster, id, new Generation(9), 0);
            var datagram = new byte[100];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(4), id.Hash);
            datagram[39] = 9;

            Assert.Equal(PacketFault.None, test.Open(buffer[..sealer.Seal(Sealed.Ring(), Sealed.Bob, datagram, buffer)], source: Sealed.At(number)));
        }

        Assert.Equal((3, 3), test.Opener.Remembered);
    }

    private static PacketGate Gate(int burst = 1_000, int peerBurst = 1_000)
    {
        var gate = new PacketGate(Sealed.Limits(rate: 4, burst: burst, peerRate: 1, peerBurst: peerBurst));
        gate.Know(_start, Sealed.At(1));
        gate.Know(_start, Sealed.At(2));
        return gate;
    }

    private static IEnumerable<PacketFault> Ask(PacketGate gate, int host, int times)
        => [.. Enumerable.Range(0, times).Select(_ => gate.Ask(_start, Sealed.At(host)))];

    private static int Take(ref TokenBucket bucket, MeshInstant now)
    {
        var taken = 0;
        while (bucket.TryTake(now))
        {
            taken++;
        }

        return taken;
    }
}
