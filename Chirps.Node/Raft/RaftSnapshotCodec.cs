using System.Buffers.Binary;
using System.Numerics;

namespace Chirps.Node.Raft;

/// <summary>
/// What sender and receiver of a snapshot say to each other, as requests and answers on the bulk lane; numbers are big-endian. Request: id (16), offset
/// (8; the length instead, for an offer), CRC-32C of what follows (4), kind (1), then metadata or bytes. Answer: status (1), how many bytes are there (8).
/// </summary>
internal static class RaftSnapshotCodec
{
    public const int HeaderBytes = 29;
    public const int MetadataBytesMax = 64 * 1024;
    public const int AnswerBytes = 9;

    public const byte Offer = 1;
    public const byte Chunk = 2;

    /// <summary>Begins a request over bytes that stand behind room for the header.</summary>
    public static void WriteHeader(Span<byte> request, byte kind, Guid id, long offset)
    {
        id.TryWriteBytes(request, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(request[16..], offset);
        BinaryPrimitives.WriteUInt32BigEndian(request[24..], Crc(request[HeaderBytes..]));
        request[28] = kind;
    }

    /// <summary>Reads a request.</summary>
    /// <returns>Whether it is one, undamaged.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> request, out (byte Kind, Guid Id, long Offset, ReadOnlyMemory<byte> Content) part)
    {
        part = default;
        if (request.Length < HeaderBytes)
        {
            return false;
        }

        var bytes = request.Span;
        part = (bytes[28], new Guid(bytes[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), request[HeaderBytes..]);
        return part.Kind is Offer or Chunk && part.Offset >= 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]) == Crc(bytes[HeaderBytes..]);
    }

    public static byte[] Refuse() => WriteAnswer(RaftSnapshotStatus.Refused, 0);

    public static byte[] WriteAnswer(RaftSnapshotStatus status, long received)
    {
        var answer = new byte[AnswerBytes];
        answer[0] = (byte)status;
        BinaryPrimitives.WriteInt64BigEndian(answer.AsSpan(1), received);
        return answer;
    }

    public static bool TryReadAnswer(ReadOnlySpan<byte> answer, out RaftSnapshotStatus status, out long received)
    {
        (status, received) = (default, 0);
        if (answer.Length != AnswerBytes || answer[0] is < (byte)RaftSnapshotStatus.Continue or > (byte)RaftSnapshotStatus.NotOffered)
        {
            return false;
        }

        (status, received) = ((RaftSnapshotStatus)answer[0], BinaryPrimitives.ReadInt64BigEndian(answer[1..]));
        return received >= 0;
    }

    /// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4).</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}

/// <summary>What the receiver of a snapshot says. The numbers are on the wire.</summary>
internal enum RaftSnapshotStatus : byte
{
    /// <summary>Go on behind what is there.</summary>
    Continue = 1,

    /// <summary>Everything is there, and was taken.</summary>
    Complete = 2,

    /// <summary>It is not wanted, or not good.</summary>
    Refused = 3,

    /// <summary>It was not offered to this process, or another took its place: offer it again.</summary>
    NotOffered = 4,
}
