using Chirps.Quic;
using Chirps.Quic.Native;

namespace Chirps.Tests.Quic;

public sealed unsafe class VerifiedChainsTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TransportIdentity _peer = new("c", "n");

    private readonly VerifiedChains _chains = new();

    [Fact]
    public void A_chain_counts_as_good_for_a_while_and_no_longer_than_its_certificate()
    {
        var (lasting, ending) = (Key([1]), Key([2]));
        _chains.Add(lasting, _now, _peer, _now.AddDays(1));
        _chains.Add(ending, _now, _peer, _now.AddMinutes(1));

        Assert.True(Has(lasting, _now.AddMinutes(9)));
        Assert.False(Has(lasting, _now + VerifiedChains.Memory));
        Assert.False(Has(lasting, _now.AddSeconds(-1)), "the clock was set back");
        Assert.True(Has(ending, _now.AddSeconds(59)));
        Assert.False(Has(ending, _now.AddMinutes(1)));
    }

    [Fact]
    public void What_was_checked_for_one_purpose_or_with_other_bytes_is_another_chain()
    {
        _chains.Add(Key([1], [2]), _now, _peer, _now.AddDays(1));

        Assert.True(Has(Key([1], [2]), _now));
        Assert.False(Has(Key([1, 2]), _now));
        Assert.False(Has(Key([1]), _now));
        Assert.False(_chains.TryGet(KeyOf(peerIsClient: false, [1], [2]), _now, out _, out _));
    }

    [Fact]
    public void Neither_long_chains_nor_many_take_memory_without_bound()
    {
        Assert.Equal(default, Key(new byte[10_000]));
        _chains.Add(default, _now, _peer, _now.AddDays(1));
        Assert.False(Has(default, _now));
        for (var number = 0; number <= VerifiedChains.Max; number++)
        {
            _chains.Add(Key(BitConverter.GetBytes(number)), _now, _peer, _now.AddDays(1));
        }

        Assert.False(Has(Key(BitConverter.GetBytes(0)), _now));
        Assert.True(Has(Key(BitConverter.GetBytes(VerifiedChains.Max)), _now));
    }

    private static VerifiedChains.ChainKey Key(params byte[][] chain) => KeyOf(peerIsClient: true, chain);

    private static VerifiedChains.ChainKey KeyOf(bool peerIsClient, params byte[][] chain)
    {
        var data = stackalloc GnuTlsDatum[chain.Length];
        var pins = new List<System.Runtime.InteropServices.GCHandle>();
        for (var index = 0; index < chain.Length; index++)
        {
            pins.Add(System.Runtime.InteropServices.GCHandle.Alloc(chain[index], System.Runtime.InteropServices.GCHandleType.Pinned));
            data[index].Data = (byte*)pins[index].AddrOfPinnedObject();
            data[index].Size = (uint)chain[index].Length;
        }

        var key = VerifiedChains.KeyOf(data, (uint)chain.Length, peerIsClient);
        pins.ForEach(pin => pin.Free());
        return key;
    }

    private bool Has(VerifiedChains.ChainKey key, DateTimeOffset now) => _chains.TryGet(key, now, out _, out _);
}
