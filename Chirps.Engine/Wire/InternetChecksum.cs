using System.Buffers.Binary;

namespace Chirps.Engine.Wire;

/// <summary>The ones' complement sum of RFC 1071.</summary>
internal static class InternetChecksum
{
    /// <summary>The checksum of some bytes, an odd last byte padded with zero (RFC 1071, section 1).</summary>
    /// <param name="bytes">The bytes; a checksum field among them must be zero to compute and left in place to verify.</param>
    /// <returns>The complement of the sum: zero when the bytes contain their own valid checksum.</returns>
    public static ushort Compute(ReadOnlySpan<byte> bytes)
    {
        var sum = 0UL;
        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1)
        {
            sum += (ulong)bytes[0] << 8;
        }

        // Deferred carries (RFC 1071, section 2): fold until 16 bits are left.
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
