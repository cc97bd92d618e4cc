using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Chirps.Engine.Membership;

namespace Chirps.Node.Udp;

/// <summary>Converts between the addresses of members and those of the kernel (<c>sockaddr_in</c>, <c>sockaddr_in6</c>), without allocating.</summary>
internal static class SocketNames
{
    private const int PortOffset = 2;
    private const int Ipv4Offset = 4;
    private const int Ipv6Offset = 8;
    private const int Ipv6Bytes = 16;

    /// <summary>What stands before an IPv4 address in an IPv6 one (RFC 4291, section 2.5.5.2).</summary>
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>An empty address of a family, to be filled in.</summary>
    public static SocketAddress Empty(AddressFamily family)
        => new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Serialize();

    /// <summary>Reads an address of either family.</summary>
    public static MemberAddress Read(ReadOnlySpan<byte> name, bool isIpv6)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(name[PortOffset..]);
        if (isIpv6)
        {
            return MemberAddress.FromBytes(name.Slice(Ipv6Offset, Ipv6Bytes), port);
        }

        Span<byte> mapped = stackalloc byte[Ipv6Bytes];
        MappedPrefix.CopyTo(mapped);
        name.Slice(Ipv4Offset, Ipv6Bytes - MappedPrefix.Length).CopyTo(mapped[MappedPrefix.Length..]);
        return MemberAddress.FromBytes(mapped, port);
    }

    /// <summary>Fills an address in.</summary>
    /// <returns>False when a socket of the family cannot send there.</returns>
    public static bool TryWrite(MemberAddress address, Span<byte> name, bool isIpv6)
    {
        Span<byte> bytes = stackalloc byte[Ipv6Bytes];
        address.CopyTo(bytes);
        if (address.Port == 0 || (!isIpv6 && !bytes.StartsWith(MappedPrefix)))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(name[PortOffset..], address.Port);
        if (isIpv6)
        {
            bytes.CopyTo(name[Ipv6Offset..]);
        }
        else
        {
            bytes[MappedPrefix.Length..].CopyTo(name[Ipv4Offset..]);
        }

        return true;
    }
}
