using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Wire;

public sealed class StateCodecTests
{
    [Fact]
    public void A_run_of_writes_has_the_documented_layout()
    {
        var body = Packets.Body(MessageKind.StateDelta);

        Assert.Equal(
            "056361726F6C" + "000000000000000B" + "0000000000000000" + "0000000000000000" + "0000000000000005" + "0002"
            + "0000000000000003" + "00" + "036B6579" + "00000005" + "76616C7565"
            + "0000000000000005" + "01" + "04676F6E65" + "00000000",
            Convert.ToHexString(body));
    }

    [Theory]
    [InlineData(47, 9)]
    [InlineData(48, 3)]
    [InlineData(50, 0xFF)]
    public void A_write_that_breaks_a_rule_is_refused(int offset, byte value)
    {
        var body = Packets.Body(MessageKind.StateDelta);
        body[offset] = value;

        Assert.Equal(DecodeFault.BadState, StateCodec.Check(MessageKind.StateDelta, body));
    }

    [Fact]
    public void A_deleted_key_with_a_value_is_refused()
    {
        var body = Packets.Body(MessageKind.StateDelta);
        body[^1] = 1;

        Assert.Equal(DecodeFault.BadState, StateCodec.Check(MessageKind.StateDelta, [.. body, 7]));
    }

    [Theory]
    [InlineData(StateCodec.SummaryBytes - 1, DecodeFault.Truncated)]
    [InlineData(StateCodec.SummaryBytes, DecodeFault.None)]
    [InlineData(StateCodec.SummaryBytes + 1, DecodeFault.BadState)]
    public void A_summary_has_one_length(int length, DecodeFault expected) =>
        Assert.Equal(expected, StateCodec.Check(MessageKind.StateSummary, new byte[length]));

    [Fact]
    public void A_run_cut_anywhere_is_truncated()
    {
        var body = Packets.Body(MessageKind.StateDelta);

        Assert.All(Enumerable.Range(1, body.Length - 1), length => Assert.Equal(DecodeFault.Truncated, StateCodec.Check(MessageKind.StateDelta, body.AsSpan(0, length))));
    }

    [Fact]
    public void A_digest_is_read_back_as_written()
    {
        ReadOnlySpan<byte> body = Packets.Body(MessageKind.StateDigest);

        Assert.True(StateCodec.TryNextDigest(ref body, out var digest));

        Assert.Equal((11UL, 2UL, 0UL), (digest.Generation.Value, digest.MaxVersion, digest.LastGcVersion));
        Assert.True(MemberId.Parse("carol").Is(digest.Name));
        Assert.True(body.IsEmpty);
    }

    [Fact]
    public void The_longest_key_fits_its_length_field()
    {
        var key = new string('k', StateSettings.KeyBytesMax);
        var node = new NodeState(MemberId.Parse("carol"), "carol"u8.ToArray(), new Generation(1));
        node.Put(new StateSlot(key, System.Text.Encoding.UTF8.GetBytes(key), default, 1, StateKeyStatus.Set, default));
        var buffer = new byte[600];
        var writer = new ByteWriter(buffer);
        var from = 0UL;

        Assert.True(node.WriteDelta(ref writer, ref from));

        Assert.Equal(DecodeFault.None, StateCodec.Check(MessageKind.StateDelta, buffer.AsSpan(0, writer.Written)));
    }
}
