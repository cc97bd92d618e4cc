using System.Buffers.Binary;
using System.Net;

namespace Chirps.Engine.Membership;

/// <summary>Where a member can be reached: a 16-byte IP address (IPv4 as IPv4-mapped IPv6) and a port.</summary>
/// <remarks>The default value, all zero, is no address.</remarks>
public readonly record struct MemberAddress : IComparable<MemberAddress>
{
    /// <summary>Bytes an address takes on the wire: 16 of address, 2 of port.</summary>
    internal const int WireBytes = 18;

    private readonly ulong _high;
    private readonly ulong _low;

    private MemberAddress(ulong high, ulong low, ushort port)
    {
        _high = high;
        _low = low;
        Port = port;
    }

    /// <summary>The UDP port.</summary>
    public ushort Port { get; }

    /// <summary>Whether this is the default value, which is no address.</summary>
    public bool IsDefault => _high == 0 && _low == 0 && Port == 0;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(MemberAddress left, MemberAddress right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(MemberAddress left, MemberAddress right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not sort after <paramref name="right"/>.</summary>
    public static bool operator <=(MemberAddress left, MemberAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not sort before <paramref name="right"/>.</summary>
    public static bool operator >=(MemberAddress left, MemberAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Takes over a socket address.</summary>
    /// <param name="endPoint">The socket address.</param>
    /// <returns>The same place.</returns>
    public static MemberAddress FromIPEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new MemberAddress(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), (ushort)endPoint.Port);
    }

    /// <summary>Takes over an address. Allocates nothing.</summary>
    /// <param name="ipv6">16 bytes of IPv6 address, IPv4 as IPv4-mapped IPv6.</param>
    /// <param name="port">The UDP port.</param>
    /// <returns>The same place.</returns>
    public static MemberAddress FromBytes(ReadOnlySpan<byte> ipv6, ushort port)
        => new(BinaryPrimitives.ReadUInt64BigEndian(ipv6), BinaryPrimitives.ReadUInt64BigEndian(ipv6[8..]), port);

    /// <summary>Writes the address without its port. Allocates nothing.</summary>
    /// <param name="ipv6">Room for 16 bytes of IPv6 address.</param>
    public void CopyTo(Span<byte> ipv6)
    {
        BinaryPrimitives.WriteUInt64BigEndian(ipv6, _high);
        BinaryPrimitives.WriteUInt64BigEndian(ipv6[8..], _low);
    }

    /// <summary>The socket address, as IPv4 when it is a mapped one.</summary>
    /// <returns>A new socket address.</returns>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port);
    }

    /// <inheritdoc/>
    public int CompareTo(MemberAddress other)
    {
        var order = _high.CompareTo(other._high);
        order = order != 0 ? order : _low.CompareTo(other._low);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    /// <summary>The address as text, for example <c>127.0.0.1:42000</c> or <c>[::1]:42000</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ToIPEndPoint().ToString();

    /// <summary>Reads an address from the first <see cref="WireBytes"/> bytes.</summary>
    internal static MemberAddress Read(ReadOnlySpan<byte> wire) => new(
        BinaryPrimitives.ReadUInt64BigEndian(wire),
        BinaryPrimitives.ReadUInt64BigEndian(wire[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(wire[16..]));

    /// <summary>Writes the address into the first <see cref="WireBytes"/> bytes.</summary>
    internal void Write(Span<byte> wire)
    {
        BinaryPrimitives.WriteUInt64BigEndian(wire, _high);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], _low);
        BinaryPrimitives.WriteUInt16BigEndian(wire[16..], Port);
    }
}
