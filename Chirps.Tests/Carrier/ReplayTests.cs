using Chirps.Engine.Carrier;
using Chirps.Engine.Membership;
using Chirps.Tests.Fuzzing;
using Chirps.Tests.Wire;
using Xunit.Abstractions;

namespace Chirps.Tests.Carrier;

public sealed class ReplayTests(ITestOutputHelper output)
{
    [Fact]
    public void A_packet_is_taken_once_whatever_source_it_comes_from()
    {
        using var test = new Sealed();
        var packet = test.Seal();

        Assert.Equal(PacketFault.None, test.Open(packet));
        Assert.Equal(PacketFault.Replayed, test.Open(packet));
        Assert.Equal(PacketFault.Replayed, test.Open(packet, source: Sealed.At(2)));
    }

    [Fact]
    public void A_packet_that_another_key_sealed_counts_in_the_same_window()
    {
        using var test = new Sealed();
        var ring = Sealed.Ring(1, 2);
        var first = test.Seal();

        Assert.Equal(PacketFault.None, test.Open(first, ring));
        Assert.Equal(PacketFault.None, test.Open(test.Seal(key: 2), ring));
        Assert.Equal(PacketFault.Replayed, test.Open(first, ring));
    }

    [Fact]
    public void Late_packets_are_taken_within_the_window_and_not_before_it()
    {
        using var test = new Sealed();
        var packets = Enumerable.Range(0, ReplayWindow.Size + 1).Select(_ => test.Seal()).ToArray();

        Assert.Equal(PacketFault.None, test.Open(packets[^1]));
        Assert.Equal(PacketFault.None, test.Open(packets[1]));
        Assert.Equal(PacketFault.Replayed, test.Open(packets[0]));
        Assert.Equal(PacketFault.Replayed, test.Open(packets[1]));
    }

    [Fact]
    public void A_former_process_is_refused_once_the_newer_one_was_heard()
    {
        using var test = new Sealed();
        using var newer = new PacketSealer(Sealed.Cluster, Sealed.Alice, new Generation(10), 0);
        var buffer = new byte[1200];
        var datagram = Packets.Ping();
        datagram[39] = 10;
        var length = newer.Seal(Sealed.Ring(), Sealed.Bob, datagram, buffer);

        Assert.Equal(PacketFault.None, test.Open(test.Seal()));
        Assert.Equal(PacketFault.None, test.Open(buffer[..length]));
        Assert.Equal(PacketFault.FormerProcess, test.Open(test.Seal()));
    }

    [Fact]
    public void A_packet_that_is_not_authentic_moves_no_window()
    {
        using var test = new Sealed();
        var forged = test.Seal();
        forged[18] = 0x7F;

        Assert.Equal(PacketFault.NotAuthentic, test.Open(Sealed.Repair(forged)));

        Assert.Equal(PacketFault.None, test.Open(test.Seal()));
        Assert.Equal((1, 1), test.Opener.Remembered);
    }

    [Fact]
    public void The_window_agrees_with_a_list_of_everything_taken() => Fuzz.Cases(output, 200, random =>
    {
        var window = new ReplayWindow();
        var taken = new HashSet<ulong>();
        var highest = 0UL;
        var near = random.NextUInt64() >> 16;
        for (var step = 0; step < 500; step++)
        {
            near += random.Next(10) == 0 ? (ulong)random.Next(3 * ReplayWindow.Size) : (ulong)random.Next(4);
            var counter = near - Math.Min(near, (ulong)random.Next(2 * ReplayWindow.Size));
            var expected = taken.Count == 0 || counter > highest || (highest - counter < ReplayWindow.Size && !taken.Contains(counter));

            Assert.Equal(expected, window.IsFresh(counter));
            if (expected)
            {
                window.Take(counter);
                taken.Add(counter);
                highest = Math.Max(highest, counter);
            }
        }
    });
}
