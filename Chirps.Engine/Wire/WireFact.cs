using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>One claim about one member as it travels. Its names are views of the datagram it was read from.</summary>
internal readonly ref struct WireFact
{
    /// <summary>Bytes a fact takes besides its two names: key 13, address 18, two lengths.</summary>
    public const int FixedBytes = 8 + 4 + 1 + MemberAddress.WireBytes + 1 + 1;

    /// <summary>The most bytes a fact takes.</summary>
    public const int BytesMax = FixedBytes + (2 * MemberId.LengthMax);

    /// <summary>The member's name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>What is claimed, and how new it is.</summary>
    public FactKey Key { get; init; }

    /// <summary>Where the member can be reached.</summary>
    public MemberAddress Address { get; init; }

    /// <summary>Who accuses, UTF-8; empty when nobody is named.</summary>
    public ReadOnlySpan<byte> Accuser { get; init; }

    /// <summary>Writes the fact.</summary>
    public void Write(scoped ref ByteWriter writer)
    {
        writer.WriteUInt64(Key.Generation.Value);
        writer.WriteUInt32(Key.Incarnation.Value);
        writer.WriteByte((byte)Key.Rank);
        Address.Write(writer.Take(MemberAddress.WireBytes));
        writer.WriteShortBytes(Name);
        writer.WriteShortBytes(Accuser);
    }

    /// <summary>Reads a fact.</summary>
    /// <returns>Whether a valid fact was read; else <paramref name="fault"/> says why not.</returns>
    public static bool TryRead(scoped ref ByteReader reader, out WireFact fact, out DecodeFault fault)
    {
        fact = default;
        if (!reader.TryReadUInt64(out var generation) || !reader.TryReadUInt32(out var incarnation)
            || !reader.TryReadByte(out var status) || !reader.TryReadBytes(MemberAddress.WireBytes, out var address)
            || !reader.TryReadShortBytes(out var name) || !reader.TryReadShortBytes(out var accuser))
        {
            fault = DecodeFault.Truncated;
            return false;
        }

        var rank = (MemberStatus)status;
        fault = rank > MemberStatus.Left ? DecodeFault.BadStatus
            : !MemberId.IsName(name) || (accuser.Length > 0 && !MemberId.IsName(accuser)) ? DecodeFault.BadName
            : accuser.Length > 0 && rank is (MemberStatus.Alive or MemberStatus.Left) ? DecodeFault.UnexpectedAccuser
            : DecodeFault.None;
        fact = new WireFact
        {
            Name = name,
            Key = new FactKey(new Generation(generation), new Incarnation(incarnation), rank),
            Address = MemberAddress.Read(address),
            Accuser = accuser,
        };
        return fault == DecodeFault.None;
    }
}
