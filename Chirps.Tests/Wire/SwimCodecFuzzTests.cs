using Chirps.Engine.Time;
using Chirps.Engine.Wire;
using Chirps.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Chirps.Tests.Wire;

public sealed class SwimCodecFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_bytes_are_read_or_refused_without_an_exception()
        => Fuzz.Cases(output, 10_000, random => Holds(Mutations.Bytes(random, 200)));

    [Fact]
    public void Mutations_of_valid_datagrams_never_throw_and_encode_to_the_same_bytes_when_accepted()
        => Fuzz.Cases(output, 10_000, random => Holds(Mutant(random)));

    [Fact]
    public void The_mutations_reach_behind_the_checksum()
    {
        var random = new SeededRandom(1);

        var accepted = Enumerable.Range(0, 1_000).Count(_ => SwimCodec.TryRead(Mutant(random), out var _, out var _));

        Assert.InRange(accepted, 10, 990);
    }

    [Fact]
    public void The_corpus_holds()
    {
        Assert.All(Chirps.Tests.Corpus.SwimCorpus.Datagrams(), Holds);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var datagram = Packets.OfKind(MessageKind.PingRequest);
        SwimCodec.TryRead(datagram, out _, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        SwimCodec.TryRead(datagram, out _, out _);
        SwimCodec.TryRead(datagram.AsSpan(0, 40), out _, out _);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Holds(byte[] datagram)
    {
        var read = SwimCodec.TryRead(datagram, out var message, out var fault);
        Assert.True(read == (fault == DecodeFault.None), Convert.ToHexString(datagram));
        Assert.True(!read || Packets.Encode(message).AsSpan().SequenceEqual(datagram), Convert.ToHexString(datagram));
    }

    private static byte[] Mutant(SeededRandom random)
    {
        var mutant = Mutations.Of(random, Packets.OfKind((MessageKind)(1 + random.Next(14))));

        // Mostly with a valid checksum and length, or nothing behind them would ever be reached.
        return mutant.Length >= 24 && random.Next(4) > 0 ? Packets.Seal(mutant) : mutant;
    }
}
