using System.Buffers.Binary;
using System.Net;

namespace Chirps.Engine.Membership;

/// <summary>Where a node is reached: an IP address, IPv4 as mapped IPv6 (RFC 4291, section 2.5.5.2), and a port.</summary>
/// <param name="Ip">The address as a number, most significant byte first.</param>
/// <param name="Port">The UDP port.</param>
public readonly record struct MemberAddress(UInt128 Ip, ushort Port)
{
    /// <summary>Bytes on the wire.</summary>
    public const int WireBytes = 18;

    /// <summary>Whether it is no address.</summary>
    public bool IsDefault => Port == 0 && Ip == default;

    /// <summary>Takes an endpoint over.</summary>
    public static MemberAddress FromIPEndPoint(IPEndPoint endpoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new MemberAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), (ushort)endpoint.Port);
    }

    /// <summary>The endpoint, with an IPv4 address where it is one.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port);
    }

    /// <summary><c>127.0.0.1:42000</c> or <c>[::1]:42000</c>.</summary>
    public override string ToString() => ToIPEndPoint().ToString();

    internal static MemberAddress Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], Port);
    }
}
