using Chirps.Engine.Carrier;
using Chirps.Tests.Fuzzing;
using Chirps.Tests.Wire;
using Xunit.Abstractions;

namespace Chirps.Tests.Carrier;

public sealed class PacketFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_bytes_are_refused_without_an_exception() => Fuzz.Cases(output, 10_000, random =>
    {
        using var test = new Sealed();

        Assert.NotEqual(PacketFault.None, test.Open(Mutations.Bytes(random, 1300)));
        Assert.Equal((0, 0), test.Opener.Remembered);
    });

    [Fact]
    public void A_mutation_of_a_good_packet_is_never_taken() => Fuzz.Cases(output, 2_000, random =>
    {
        using var test = new Sealed();
        var packet = test.Seal();
        var mutant = Mutations.Of(random, packet);

        // Mostly with a right checksum, or nothing behind it would ever be reached.
        mutant = random.Next(4) > 0 ? Sealed.Repair(mutant) : mutant;
        var fault = test.Open(mutant);

        Assert.Equal(mutant.AsSpan().SequenceEqual(packet), fault == PacketFault.None);
        Assert.Equal(fault == PacketFault.None ? (1, 1) : (0, 0), test.Opener.Remembered);
    });

    [Fact]
    public void Each_packet_is_taken_once_in_whatever_order_and_however_often_it_comes() => Fuzz.Cases(output, 200, random =>
    {
        using var test = new Sealed();
        var packets = Enumerable.Range(0, 20).Select(number => test.Seal(Packets.Ping((uint)number), key: (byte)(1 + random.Next(2)))).ToArray();
        var ring = Sealed.Ring(1, 2);
        var taken = 0;
        for (var step = 0; step < 200; step++)
        {
            taken += test.Open(packets[random.Next(packets.Length)], ring) == PacketFault.None ? 1 : 0;
        }

        taken += packets.Count(packet => test.Open(packet, ring) == PacketFault.None);
        Assert.Equal(packets.Length, taken);
    });
}
