using Chirps.Engine.Time;
using Chirps.Engine.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Chirps.Tests.Wire;

public sealed class SwimCodecFuzzTests
{
    [Fact]
    public void Any_bytes_are_read_or_refused_without_an_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Holds).QuickCheckThrowOnFailure();

    [Fact]
    public void Ten_thousand_mutations_of_valid_datagrams_never_throw_and_encode_to_the_same_bytes_when_accepted()
    {
        var random = new SeededRandom(20260101);
        var accepted = 0;
        for (var round = 0; round < 10_000; round++)
        {
            var mutant = Mutate(random, Packets.OfKind((MessageKind)(1 + random.Next(14))));
            Assert.True(Holds(mutant), Convert.ToHexString(mutant));
            accepted += SwimCodec.TryRead(mutant, out _, out _) ? 1 : 0;
        }

        Assert.InRange(accepted, 100, 9_900);
    }

    [Fact]
    public void The_corpus_holds()
    {
        Assert.All(Chirps.Tests.Corpus.SwimCorpus.Datagrams(), datagram => Assert.True(Holds(datagram)));
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

    private static bool Holds(byte[] datagram) => !SwimCodec.TryRead(datagram, out var message, out var fault)
        ? fault != DecodeFault.None
        : fault == DecodeFault.None && Packets.Encode(message).AsSpan().SequenceEqual(datagram);

    private static byte[] Mutate(SeededRandom random, byte[] datagram)
    {
        for (var change = random.Next(3); change >= 0; change--)
        {
            var offset = random.Next(datagram.Length);
            switch (random.Next(4))
            {
                case 0:
                    datagram[offset] = (byte)random.Next(256);
                    break;
                case 1:
                    datagram[offset] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when datagram.Length > 30:
                    datagram = datagram[..(24 + random.Next(datagram.Length - 24))];
                    break;
                default:
                    datagram = [.. datagram[..offset], (byte)random.Next(256), .. datagram[offset..]];
                    break;
            }
        }

        // Mostly with a valid checksum and length, or nothing behind them would ever be reached.
        return datagram.Length >= 24 && random.Next(4) > 0 ? Packets.Seal(datagram) : datagram;
    }
}
