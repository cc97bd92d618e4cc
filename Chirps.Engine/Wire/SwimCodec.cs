using System.Buffers.Binary;
using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>Turns membership datagrams into bytes and back; every byte is described in <c>docs/wire-format.md</c>.</summary>
/// <remarks>Reading never throws and allocates nothing, whatever the bytes. What is accepted encodes to the same bytes again.</remarks>
internal static class SwimCodec
{
    /// <summary>The only version of the format.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 24;

    /// <summary>The largest datagram: the header and the largest payload its length field can tell.</summary>
    public const int DatagramBytesMax = HeaderBytes + ushort.MaxValue;

    /// <summary>The most bytes a message takes without facts.</summary>
    public const int HeadBytesMax = HeaderBytes + 8 + 8 + 1 + MemberId.LengthMax + 4 + 8 + 1 + MemberId.LengthMax + MemberAddress.WireBytes;

    /// <summary>Where the kind lies.</summary>
    internal const int KindOffset = 1;

    private const int LengthOffset = 2;
    private const int ReservedOffset = 21;
    private const int ChecksumOffset = 22;

    /// <summary>Reads and checks a whole datagram.</summary>
    /// <param name="datagram">The bytes.</param>
    /// <param name="message">The message; its spans view <paramref name="datagram"/>.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>Whether it is valid, facts included.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out SwimMessage message, out DecodeFault fault)
    {
        message = default;
        fault = CheckHeader(datagram);
        if (fault != DecodeFault.None)
        {
            return false;
        }

        var read = default(SwimMessage);
        read.Kind = (MessageKind)datagram[1];
        read.Flags = (MessageFlags)datagram[20];
        read.Heartbeat = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]);
        read.Incarnation = new Incarnation(BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]));
        var reader = new ByteReader(datagram[HeaderBytes..]);
        fault = ReadBody(ref reader, ref read);
        if (fault == DecodeFault.None && BinaryPrimitives.ReadUInt64BigEndian(datagram[4..]) != NameHasher.Of(read.SenderName))
        {
            fault = DecodeFault.SenderIdMismatch;
        }

        if (fault == DecodeFault.None && HasBody(read.Kind))
        {
            read.Body = reader.Rest;
            fault = StateCodec.Check(read.Kind, read.Body);
            message = fault == DecodeFault.None ? read : default;
            return fault == DecodeFault.None;
        }

        read.Facts = reader.Rest;
        while (fault == DecodeFault.None && !reader.IsEmpty)
        {
            WireFact.TryRead(ref reader, out _, out fault);
        }

        message = fault == DecodeFault.None ? read : default;
        return fault == DecodeFault.None;
    }

    /// <summary>Takes the next fact of a message that was read.</summary>
    /// <param name="facts">What is left of the message's facts; advanced.</param>
    /// <param name="fact">The fact.</param>
    /// <returns>Whether there was one.</returns>
    public static bool TryNextFact(ref ReadOnlySpan<byte> facts, out WireFact fact)
    {
        var reader = new ByteReader(facts);
        var taken = WireFact.TryRead(ref reader, out fact, out _);
        facts = reader.Rest;
        return taken;
    }

    /// <summary>Writes everything before the facts. Facts or a body may follow, then <see cref="Seal"/>.</summary>
    /// <param name="writer">At the start of the datagram, with room for <see cref="HeadBytesMax"/>.</param>
    /// <param name="message">What to write; its facts are ignored.</param>
    public static void WriteHead(ref ByteWriter writer, scoped in SwimMessage message)
    {
        writer.WriteByte(Version);
        writer.WriteByte((byte)message.Kind);
        writer.WriteUInt16(0);
        writer.WriteUInt64(NameHasher.Of(message.SenderName));
        writer.WriteUInt32(message.Heartbeat);
        writer.WriteUInt32(message.Incarnation.Value);
        writer.WriteByte((byte)message.Flags);
        writer.WriteByte(0);
        writer.WriteUInt16(0);
        writer.WriteUInt64(message.Cluster);
        writer.WriteUInt64(message.SenderGeneration.Value);
        writer.WriteShortBytes(message.SenderName);
        writer.WriteUInt32(message.Sequence);
        if (HasTarget(message.Kind))
        {
            writer.WriteUInt64(message.TargetGeneration.Value);
            writer.WriteShortBytes(message.TargetName);
        }

        if (message.Kind == MessageKind.PingRequest)
        {
            message.TargetAddress.Write(writer.Take(MemberAddress.WireBytes));
        }
    }

    /// <summary>Completes a datagram: payload length and checksum.</summary>
    /// <param name="datagram">The whole datagram and nothing else.</param>
    public static void Seal(Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram[LengthOffset..], checked((ushort)(datagram.Length - HeaderBytes)));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], InternetChecksum.Compute(datagram));
    }

    private static DecodeFault CheckHeader(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length is < HeaderBytes or > DatagramBytesMax)
        {
            return datagram.Length < HeaderBytes ? DecodeFault.Truncated : DecodeFault.TooLong;
        }

        if (datagram[0] != Version)
        {
            return DecodeFault.UnknownVersion;
        }

        var kind = (MessageKind)datagram[1];
        if (kind is < MessageKind.Gossip or > MessageKind.Heartbeats)
        {
            return DecodeFault.UnknownKind;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthOffset..]) != datagram.Length - HeaderBytes)
        {
            return DecodeFault.LengthMismatch;
        }

        if (((MessageFlags)datagram[20] & ~AllowedFlags(kind)) != 0 || datagram[ReservedOffset] != 0)
        {
            return DecodeFault.BadFlags;
        }

        // 0 and 0xFFFF are the same number in ones' complement; only the one we write is accepted, so that encoding is unique.
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(datagram[ChecksumOffset..]);
        return InternetChecksum.Compute(datagram) != 0 || checksum == ushort.MaxValue ? DecodeFault.BadChecksum : DecodeFault.None;
    }

    private static DecodeFault ReadBody(ref ByteReader reader, ref SwimMessage message)
    {
        if (!reader.TryReadUInt64(out var cluster) || !reader.TryReadUInt64(out var generation)
            || !reader.TryReadShortBytes(out var sender) || !reader.TryReadUInt32(out var sequence))
        {
            return DecodeFault.Truncated;
        }

        message.Cluster = cluster;
        message.SenderGeneration = new Generation(generation);
        message.SenderName = sender;
        message.Sequence = sequence;
        if (HasTarget(message.Kind))
        {
            if (!reader.TryReadUInt64(out var targetGeneration) || !reader.TryReadShortBytes(out var target))
            {
                return DecodeFault.Truncated;
            }

            message.TargetGeneration = new Generation(targetGeneration);
            message.TargetName = target;
            if (!MemberId.IsName(target))
            {
                return DecodeFault.BadName;
            }
        }

        if (message.Kind == MessageKind.PingRequest)
        {
            if (!reader.TryReadBytes(MemberAddress.WireBytes, out var address))
            {
                return DecodeFault.Truncated;
            }

            message.TargetAddress = MemberAddress.Read(address);
        }

        return MemberId.IsName(sender) ? DecodeFault.None : DecodeFault.BadName;
    }

    private static bool HasTarget(MessageKind kind) =>
        kind is MessageKind.Ping or MessageKind.PingRequest or MessageKind.WrongIdentity;

    private static bool HasBody(MessageKind kind) => kind >= MessageKind.StateSummary;

    private static MessageFlags AllowedFlags(MessageKind kind) => kind switch
    {
        MessageKind.Leave => MessageFlags.RequestAck,
        MessageKind.Gossip => MessageFlags.RequestNews,
        MessageKind.AntiEntropy => MessageFlags.RequestTable | MessageFlags.Answer,
        MessageKind.TableSummary => MessageFlags.Answer,
        MessageKind.StateDigest => MessageFlags.RequestTable,
        _ => MessageFlags.None,
    };
}
