using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Wire;

public sealed class SwimCodecTests
{
    [Fact]
    public void The_header_has_the_documented_layout()
    {
        var bytes = Packets.Ping(sequence: 0x01020304);

        Assert.Equal(1, bytes[0]);
        Assert.Equal(2, bytes[1]);
        Assert.Equal(bytes.Length - 24, (bytes[2] << 8) | bytes[3]);
        Assert.Equal(NameHasher.Of("alice"u8), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(4)));
        Assert.Equal([0, 0, 0, 7], bytes[12..16]);
        Assert.Equal([0, 0, 0, 3], bytes[16..20]);
        Assert.Equal(0, bytes[20]);
        Assert.Equal(0, bytes[21]);
    }

    [Fact]
    public void A_known_ping_has_known_bytes()
    {
        var hex = Convert.ToHexString(Packets.Ping(sequence: 5));

        Assert.StartsWith("01020026" + "3507D047A67C08F4" + "00000007" + "00000003" + "0000", hex, StringComparison.Ordinal);
        Assert.EndsWith("05616C696365" + "00000005" + "000000000000002A" + "03626F62", hex, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packets.EveryKind), MemberType = typeof(Packets))]
    public void Every_kind_is_read_back_as_written(byte kind)
    {
        var bytes = Packets.OfKind((MessageKind)kind);

        Assert.True(SwimCodec.TryRead(bytes, out var message, out var fault), fault.ToString());
        Assert.Equal((MessageKind)kind, message.Kind);
        Assert.Equal("alice", Encoding.ASCII.GetString(message.SenderName));
        Assert.Equal(bytes, Packets.Encode(message));
    }

    [Fact]
    public void A_header_alone_is_truncated() => Assert.Equal(DecodeFault.Truncated, Fault(new byte[23]));

    [Fact]
    public void Nothing_at_all_is_truncated() => Assert.Equal(DecodeFault.Truncated, Fault([]));

    [Fact]
    public void A_datagram_longer_than_its_length_field_can_tell_is_too_long() =>
        Assert.Equal(DecodeFault.TooLong, Fault(new byte[SwimCodec.DatagramBytesMax + 1]));

    [Fact]
    public void Another_version_is_refused() => Assert.Equal(DecodeFault.UnknownVersion, Fault(Packets.Change(Packets.Ping(), 0, 2)));

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(255)]
    public void An_unknown_kind_is_refused(byte kind) => Assert.Equal(DecodeFault.UnknownKind, Fault(Packets.Change(Packets.Ping(), 1, kind)));

    [Fact]
    public void A_wrong_length_is_refused() => Assert.Equal(DecodeFault.LengthMismatch, Fault([.. Packets.Ping(), 0]));

    [Fact]
    public void A_flipped_bit_breaks_the_checksum()
    {
        var bytes = Packets.Ping();
        bytes[30] ^= 1;

        Assert.Equal(DecodeFault.BadChecksum, Fault(bytes));
    }

    [Fact]
    public void A_flag_without_meaning_for_the_kind_is_refused() => Assert.Equal(DecodeFault.BadFlags, Fault(Packets.Change(Packets.Ping(), 20, 1)));

    [Fact]
    public void A_reserved_bit_is_refused() => Assert.Equal(DecodeFault.BadFlags, Fault(Packets.Change(Packets.Ping(), 21, 1)));

    [Fact]
    public void A_sender_id_that_is_not_the_hash_of_the_name_is_refused() =>
        Assert.Equal(DecodeFault.SenderIdMismatch, Fault(Packets.Change(Packets.Ping(), 4, 0)));

    [Fact]
    public void A_name_outside_the_alphabet_is_refused() => Assert.Equal(DecodeFault.BadName, Fault(Packets.Change(Packets.Ping(), 24 + 17, (byte)'/')));

    [Fact]
    public void A_fact_cut_short_is_refused()
    {
        var bytes = Packets.WithFact(MemberStatus.Alive, "carol", string.Empty)[..^1];

        Assert.Equal(DecodeFault.Truncated, Fault(Packets.Seal(bytes)));
    }

    [Fact]
    public void A_fact_of_an_unknown_status_is_refused() =>
        Assert.Equal(DecodeFault.BadStatus, Fault(Packets.WithFact((MemberStatus)4, "carol", string.Empty)));

    [Theory]
    [InlineData(MemberStatus.Alive)]
    [InlineData(MemberStatus.Left)]
    public void An_accuser_where_nobody_is_accused_is_refused(MemberStatus status) =>
        Assert.Equal(DecodeFault.UnexpectedAccuser, Fault(Packets.WithFact(status, "carol", "dave")));

    [Fact]
    public void A_fact_without_a_name_is_refused() => Assert.Equal(DecodeFault.BadName, Fault(Packets.WithFact(MemberStatus.Alive, string.Empty, string.Empty)));

    private static DecodeFault Fault(byte[] bytes)
    {
        Assert.False(SwimCodec.TryRead(bytes, out _, out var fault));
        return fault;
    }
}
