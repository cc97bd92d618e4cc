using System.Buffers.Binary;

namespace Chirps.Node.Raft;

/// <summary>What a frame is. The numbers are on the wire.</summary>
internal enum RaftFrameKind : byte
{
    OneWay = 1,
    Request = 2,
    Answer = 3,

    /// <summary>Instead of an answer: the group is not open.</summary>
    NoGroup = 4,

    /// <summary>A request to the group's receiver of snapshots.</summary>
    Snapshot = 5,
}

/// <summary>One message inside a write: kind (1 byte), group (8), correlation (8), length (4), all big-endian, then the message. Writes begin with the version, 1 byte.</summary>
internal readonly record struct RaftFrame(RaftFrameKind Kind, ulong Group, ulong Correlation, ReadOnlyMemory<byte> Message)
{
    public const byte Version = 1;
    public const int HeaderBytes = 21;

    public static void WriteHeader(Span<byte> buffer, RaftFrameKind kind, ulong group, ulong correlation, int length)
    {
        buffer[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(buffer[1..], group);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[9..], correlation);
        BinaryPrimitives.WriteInt32BigEndian(buffer[17..], length);
    }

    /// <summary>Takes the next frame off the front.</summary>
    /// <returns>Whether there was a whole and known one; what follows a frame that is not one cannot be read.</returns>
    public static bool TryRead(ref ReadOnlyMemory<byte> bytes, out RaftFrame frame)
    {
        frame = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var header = bytes.Span;
        var kind = (RaftFrameKind)header[0];
        var length = BinaryPrimitives.ReadInt32BigEndian(header[17..]);
        if (kind is < RaftFrameKind.OneWay or > RaftFrameKind.Snapshot || length < 0 || length > bytes.Length - HeaderBytes)
        {
            return false;
        }

        frame = new RaftFrame(kind, BinaryPrimitives.ReadUInt64BigEndian(header[1..]), BinaryPrimitives.ReadUInt64BigEndian(header[9..]), bytes.Slice(HeaderBytes, length));
        bytes = bytes[(HeaderBytes + length)..];
        return true;
    }
}
