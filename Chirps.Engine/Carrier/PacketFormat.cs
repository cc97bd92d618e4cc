using System.Buffers.Binary;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Carrier;

/// <summary>The bytes around a membership datagram on plain UDP; each is described in <c>docs/wire-format.md</c>.</summary>
/// <remarks>Reading never throws and allocates nothing, whatever the bytes.</remarks>
internal static class PacketFormat
{
    /// <summary>The first byte. Bit 0x40 is clear, so that no QUIC packet begins so (RFC 9000, sections 17.2 and 17.3).</summary>
    public const byte Magic = 0x3C;

    /// <summary>The only version of the format.</summary>
    public const int Version = 1;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Bytes of the authentication tag (RFC 8439, section 2.8).</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of the checksum at the end.</summary>
    public const int ChecksumBytes = 2;

    /// <summary>What a packet takes beside the membership datagram.</summary>
    public const int OverheadBytes = HeaderBytes + TagBytes + ChecksumBytes;

    /// <summary>The largest value of a generation and of a counter.</summary>
    public const ulong FieldMax = (1UL << 48) - 1;

    /// <summary>Bytes of what is authenticated beside the datagram: header, cluster, receiver.</summary>
    public const int AssociatedBytes = HeaderBytes + 8 + 8;

    /// <summary>No membership datagram is shorter: its header, cluster and generation.</summary>
    private const int DatagramBytesMin = SwimCodec.HeaderBytes + 8 + 8;

    private const int InnerSenderOffset = 4;
    private const int InnerGenerationOffset = SwimCodec.HeaderBytes + 8;
    private const int FlagBound = 1;

    /// <summary>Writes a header into the first <see cref="HeaderBytes"/> bytes.</summary>
    public static void WriteHeader(Span<byte> packet, in PacketHeader header)
    {
        packet[0] = Magic;
        packet[1] = (byte)((Version << 4) | (header.IsBound ? FlagBound : 0));
        packet[2] = header.Key;
        packet[3] = header.ClusterTag;
        BinaryPrimitives.WriteUInt64BigEndian(packet[4..], header.Sender);
        WriteUInt48(packet[12..], header.Generation);
        WriteUInt48(packet[18..], header.Counter);
    }

    /// <summary>Completes a packet: the checksum of all before it, in the last two bytes.</summary>
    public static void WriteChecksum(Span<byte> packet)
        => BinaryPrimitives.WriteUInt16BigEndian(packet[^ChecksumBytes..], InternetChecksum.Compute(packet[..^ChecksumBytes]));

    /// <summary>Reads a header and checks what can be checked without a key.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <param name="bytesMax">The longest packet that is taken.</param>
    /// <param name="header">The header.</param>
    /// <returns>Why it was refused; <see cref="PacketFault.None"/> when it was not.</returns>
    public static PacketFault Read(ReadOnlySpan<byte> packet, int bytesMax, out PacketHeader header)
    {
        header = default;
        if (packet.Length < OverheadBytes + DatagramBytesMin)
        {
            return PacketFault.Truncated;
        }

        if (packet.Length > bytesMax)
        {
            return PacketFault.Oversized;
        }

        if (packet[0] != Magic)
        {
            return PacketFault.NotAPacket;
        }

        if (packet[1] >> 4 != Version)
        {
            return PacketFault.UnknownVersion;
        }

        if ((packet[1] & 0xF & ~FlagBound) != 0)
        {
            return PacketFault.BadFlags;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(packet[^ChecksumBytes..]) != InternetChecksum.Compute(packet[..^ChecksumBytes]))
        {
            return PacketFault.BadChecksum;
        }

        header = new PacketHeader(
            (packet[1] & FlagBound) != 0,
            packet[2],
            packet[3],
            BinaryPrimitives.ReadUInt64BigEndian(packet[4..]),
            ReadUInt48(packet[12..]),
            ReadUInt48(packet[18..]));
        return PacketFault.None;
    }

    /// <summary>Whether the datagram inside names the sender and the process of the envelope.</summary>
    public static bool IsOf(in PacketHeader header, ReadOnlySpan<byte> datagram)
        => BinaryPrimitives.ReadUInt64BigEndian(datagram[InnerSenderOffset..]) == header.Sender
            && BinaryPrimitives.ReadUInt64BigEndian(datagram[InnerGenerationOffset..]) == header.Generation;

    /// <summary>Writes what is authenticated beside the datagram.</summary>
    /// <param name="associated">Room for <see cref="AssociatedBytes"/>.</param>
    /// <param name="header">The header as it travels.</param>
    /// <param name="cluster">The hash of the cluster's name.</param>
    /// <param name="receiver">The hash of the receiver's name; 0 when the packet is not bound to one.</param>
    public static void WriteAssociated(Span<byte> associated, ReadOnlySpan<byte> header, ulong cluster, ulong receiver)
    {
        header[..HeaderBytes].CopyTo(associated);
        BinaryPrimitives.WriteUInt64BigEndian(associated[HeaderBytes..], cluster);
        BinaryPrimitives.WriteUInt64BigEndian(associated[(HeaderBytes + 8)..], receiver);
    }

    /// <summary>Writes the low 48 bits.</summary>
    public static void WriteUInt48(Span<byte> destination, ulong value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)value);
    }

    private static ulong ReadUInt48(ReadOnlySpan<byte> source)
        => ((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]);
}
