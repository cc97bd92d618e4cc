using System.Buffers.Binary;

namespace Chirps.Engine.Wire;

/// <summary>What a membership datagram is.</summary>
public enum MessageKind : byte
{
    /// <summary>Facts, nothing else.</summary>
    Gossip = 1,

    /// <summary>Asks its target to answer.</summary>
    Ping = 2,

    /// <summary>Asks a helper to ping a target.</summary>
    PingRequest = 3,

    /// <summary>Answers a ping, a relayed one, or a leave.</summary>
    Ack = 4,

    /// <summary>The sender goes.</summary>
    Leave = 5,

    /// <summary>A part of the sender's whole table.</summary>
    AntiEntropy = 6,

    /// <summary>A helper has no answer from the target yet (Lifeguard, section IV-A).</summary>
    Nack = 7,

    /// <summary>The sender wants to join and asks for the table.</summary>
    Join = 8,

    /// <summary>A ping was meant for somebody else, or for an earlier process.</summary>
    WrongIdentity = 9,
}

/// <summary>Bits of the header's flags.</summary>
[Flags]
public enum HeaderBits : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An answer is asked for.</summary>
    RequestAck = 1,

    /// <summary>The sender has left or is leaving.</summary>
    Leaving = 2,
}

/// <summary>Why a datagram was not taken. A closed set: it becomes a metric label.</summary>
public enum DecodeFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Shorter than its header or its fields say.</summary>
    Truncated,

    /// <summary>Longer than its header says, or more facts than fit.</summary>
    TooLong,

    /// <summary>A version of the protocol this node does not speak.</summary>
    BadVersion,

    /// <summary>A kind this node does not know.</summary>
    BadKind,

    /// <summary>The checksum does not fit the bytes.</summary>
    BadChecksum,

    /// <summary>A name or a status that cannot be.</summary>
    BadValue,
}

/// <summary>
/// The 24 bytes in front of each membership datagram, big-endian, with the checksum of RFC 1071 over header and
/// payload. See docs/wire-format.md.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="PayloadBytes">Bytes behind the header.</param>
/// <param name="SenderId">64-bit hash of the sender's name, for tools; the payload has the name.</param>
/// <param name="Heartbeat">Counts the sender's protocol periods.</param>
/// <param name="Incarnation">The sender's incarnation.</param>
/// <param name="Flags">See <see cref="HeaderBits"/>.</param>
public readonly record struct SwimHeader(MessageKind Kind, ushort PayloadBytes, ulong SenderId, uint Heartbeat, uint Incarnation, HeaderBits Flags)
{
    /// <summary>Its length.</summary>
    public const int Bytes = 24;

    /// <summary>The protocol version.</summary>
    public const byte Version = 1;

    private const int ChecksumOffset = 22;

    /// <summary>Hash of a name that goes into the header: FNV-1a, 64 bits.</summary>
    public static ulong HashName(ReadOnlySpan<byte> name)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in name)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>Writes the header in front of a payload that is already there, and the checksum over both.</summary>
    public void Write(Span<byte> datagram)
    {
        datagram[0] = Version;
        datagram[1] = (byte)Kind;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], PayloadBytes);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[4..], SenderId);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[12..], Heartbeat);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[16..], Incarnation);
        datagram[20] = (byte)Flags;
        datagram[21] = 0;
        datagram[ChecksumOffset] = 0;
        datagram[ChecksumOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], Checksum(datagram[..(Bytes + PayloadBytes)]));
    }

    /// <summary>Reads and checks a header.</summary>
    /// <returns><see langword="false"/> with the reason when it cannot be taken. Never throws.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out SwimHeader header, out DecodeFault fault)
    {
        header = default;
        fault = DecodeFault.None;
        if (datagram.Length < Bytes)
        {
            fault = DecodeFault.Truncated;
        }
        else if (datagram[0] != Version)
        {
            fault = DecodeFault.BadVersion;
        }
        else if (datagram[1] is < (byte)MessageKind.Gossip or > (byte)MessageKind.WrongIdentity)
        {
            fault = DecodeFault.BadKind;
        }
        else if (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) is var payload && datagram.Length != Bytes + payload)
        {
            fault = datagram.Length < Bytes + payload ? DecodeFault.Truncated : DecodeFault.TooLong;
        }
        else if (Checksum(datagram) != 0)
        {
            fault = DecodeFault.BadChecksum;
        }
        else
        {
            header = new SwimHeader(
                (MessageKind)datagram[1],
                payload,
                BinaryPrimitives.ReadUInt64BigEndian(datagram[4..]),
                BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]),
                (HeaderBits)datagram[20]);
        }

        return fault == DecodeFault.None;
    }

    /// <summary>One's complement sum of 16-bit words, complemented (RFC 1071, section 1). Zero over bytes that carry their own.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1)
        {
            sum += (uint)bytes[0] << 8;
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
