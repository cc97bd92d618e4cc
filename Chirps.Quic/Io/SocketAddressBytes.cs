using System.Net;
using System.Net.Sockets;

namespace Chirps.Quic.Io;

/// <summary>Converts between end points and the bytes of <c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
internal static unsafe class SocketAddressBytes
{
    /// <summary>Room for either form.</summary>
    public const int SizeMax = 32;

    /// <summary>Where the address itself starts.</summary>
    public const int Ipv4AddressOffset = 4;
    public const int Ipv6AddressOffset = 8;

    private const int Ipv4Size = 16;
    private const int FamilyIpv6 = 10;

    /// <summary>Writes an end point into <see cref="SizeMax"/> bytes.</summary>
    /// <returns>The length used.</returns>
    public static uint Write(IPEndPoint endPoint, byte* destination)
    {
        var address = endPoint.Serialize();
        var target = new Span<byte>(destination, SizeMax);
        target.Clear();
        address.Buffer.Span[..address.Size].CopyTo(target);
        return (uint)address.Size;
    }

    /// <summary>Reads an end point; an IPv4 address mapped into IPv6 comes back as IPv4.</summary>
    public static IPEndPoint Read(byte* source, uint length)
    {
        var family = IsIpv6(source) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var address = new SocketAddress(family, (int)length);
        new ReadOnlySpan<byte>(source, (int)length).CopyTo(address.Buffer.Span);
        var empty = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var endPoint = (IPEndPoint)empty.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }

    public static bool IsIpv6(byte* address) => *(ushort*)address == FamilyIpv6;

    /// <summary>Whether an address on an IPv6 socket is really IPv4, whose packets carry IPv4 headers.</summary>
    public static bool IsMapped(byte* address)
    {
        ReadOnlySpan<byte> prefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
        return IsIpv6(address) && new ReadOnlySpan<byte>(address + Ipv6AddressOffset, prefix.Length).SequenceEqual(prefix);
    }
}
