using System.Buffers.Binary;

namespace Chirps.Engine.Carrier;

/// <summary>What a cipher is derived for: format and version, cluster, sender, process. Fixed lengths, so no two read alike.</summary>
internal static class SessionInfo
{
    /// <summary>Bytes of it.</summary>
    public const int Bytes = 12 + 8 + 8 + 8;

    /// <summary>Writes it.</summary>
    public static void Write(Span<byte> info, ulong cluster, ulong sender, ulong generation)
    {
        "chirps udp 1"u8.CopyTo(info);
        BinaryPrimitives.WriteUInt64BigEndian(info[12..], cluster);
        BinaryPrimitives.WriteUInt64BigEndian(info[20..], sender);
        BinaryPrimitives.WriteUInt64BigEndian(info[28..], generation);
    }
}
