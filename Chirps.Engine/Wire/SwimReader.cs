using System.Buffers.Binary;
using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>A fact about a member as it stands in a datagram; its spans point into the datagram.</summary>
internal readonly ref struct WireFact
{
    public ReadOnlySpan<byte> Name { get; init; }

    public FactKey Key { get; init; }

    public MemberAddress Address { get; init; }

    /// <summary>Who accused it; empty when nobody did.</summary>
    public ReadOnlySpan<byte> Accuser { get; init; }
}

/// <summary>The fields of a payload in front of its facts; its spans point into the datagram.</summary>
internal readonly ref struct SwimMessage
{
    public ulong Cluster { get; init; }

    public Generation SenderGeneration { get; init; }

    public ReadOnlySpan<byte> SenderName { get; init; }

    public MemberAddress SenderAddress { get; init; }

    /// <summary>Number of the probe, or of the leave, that it asks or answers.</summary>
    public uint Sequence { get; init; }

    /// <summary>Ping and ping request: who is meant.</summary>
    public ReadOnlySpan<byte> TargetName { get; init; }

    public Generation TargetGeneration { get; init; }

    public MemberAddress TargetAddress { get; init; }

    public int FactCount { get; init; }
}

/// <summary>Reads a payload front to back. Never throws; bounds are checked at each step.</summary>
internal ref struct SwimReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public bool TryReadMessage(out SwimMessage message, out DecodeFault fault)
    {
        message = default;
        fault = DecodeFault.Truncated;
        if (!TryReadUInt64(out var cluster) || !TryReadUInt64(out var generation) || !TryReadName(out var sender)
            || !TryReadAddress(out var address) || !TryReadUInt32(out var sequence) || !TryReadOptionalName(out var target)
            || !TryReadUInt64(out var targetGeneration) || !TryReadAddress(out var targetAddress) || _rest.IsEmpty)
        {
            return false;
        }

        message = new SwimMessage
        {
            Cluster = cluster,
            SenderGeneration = new Generation(generation),
            SenderName = sender,
            SenderAddress = address,
            Sequence = sequence,
            TargetName = target,
            TargetGeneration = new Generation(targetGeneration),
            TargetAddress = targetAddress,
            FactCount = _rest[0],
        };
        _rest = _rest[1..];
        fault = DecodeFault.None;
        return true;
    }

    public bool TryReadFact(out WireFact fact, out DecodeFault fault)
    {
        fact = default;
        fault = DecodeFault.Truncated;
        if (!TryReadName(out var name) || !TryReadUInt64(out var generation) || !TryReadUInt32(out var incarnation) || _rest.IsEmpty)
        {
            return false;
        }

        var status = _rest[0];
        _rest = _rest[1..];
        if (!TryReadAddress(out var address) || !TryReadOptionalName(out var accuser))
        {
            return false;
        }

        if (status > (byte)MemberStatus.Left)
        {
            fault = DecodeFault.BadValue;
            return false;
        }

        fact = new WireFact
        {
            Name = name,
            Key = new FactKey(new Generation(generation), new Incarnation(incarnation), (MemberStatus)status),
            Address = address,
            Accuser = accuser,
        };
        fault = DecodeFault.None;
        return true;
    }

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    private bool TryReadUInt32(out uint value)
    {
        var there = BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value);
        _rest = there ? _rest[4..] : _rest;
        return there;
    }

    private bool TryReadUInt64(out ulong value)
    {
        var there = BinaryPrimitives.TryReadUInt64BigEndian(_rest, out value);
        _rest = there ? _rest[8..] : _rest;
        return there;
    }

    private bool TryReadAddress(out MemberAddress address)
    {
        var there = _rest.Length >= MemberAddress.WireBytes;
        address = there ? MemberAddress.Read(_rest) : default;
        _rest = there ? _rest[MemberAddress.WireBytes..] : _rest;
        return there;
    }

    private bool TryReadName(out ReadOnlySpan<byte> name) => TryReadOptionalName(out name) && !name.IsEmpty;

    private bool TryReadOptionalName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_rest.IsEmpty || _rest[0] > MemberId.LengthMax || _rest.Length < 1 + _rest[0])
        {
            return false;
        }

        name = _rest.Slice(1, _rest[0]);
        _rest = _rest[(1 + name.Length)..];
        return true;
    }
}
