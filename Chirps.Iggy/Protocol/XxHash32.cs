using System.Buffers.Binary;
using System.Numerics;

namespace Chirps.Iggy.Protocol;

/// <summary>XXH32 with seed 0, by the specification of xxHash: what maps a routing key to a partition.</summary>
internal static class XxHash32
{
    private const uint Prime1 = 0x9E3779B1;
    private const uint Prime2 = 0x85EBCA77;
    private const uint Prime3 = 0xC2B2AE3D;
    private const uint Prime4 = 0x27D4EB2F;
    private const uint Prime5 = 0x165667B1;
    private const int StripeBytes = 16;

    /// <summary>The hash of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        var hash = rest.Length >= StripeBytes ? Stripes(ref rest) : Prime5;
        hash += (uint)bytes.Length;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime3), 17) * Prime4;
        }

        foreach (var one in rest)
        {
            hash = BitOperations.RotateLeft(hash + (one * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Stripes(ref ReadOnlySpan<byte> rest)
    {
        unchecked
        {
            uint lane1 = Prime1 + Prime2, lane2 = Prime2, lane3 = 0, lane4 = 0 - Prime1;
            for (; rest.Length >= StripeBytes; rest = rest[StripeBytes..])
            {
                lane1 = Round(lane1, rest);
                lane2 = Round(lane2, rest[4..]);
                lane3 = Round(lane3, rest[8..]);
                lane4 = Round(lane4, rest[12..]);
            }

            return BitOperations.RotateLeft(lane1, 1) + BitOperations.RotateLeft(lane2, 7) + BitOperations.RotateLeft(lane3, 12) + BitOperations.RotateLeft(lane4, 18);
        }
    }

    private static uint Round(uint lane, ReadOnlySpan<byte> input)
        => BitOperations.RotateLeft(lane + (BinaryPrimitives.ReadUInt32LittleEndian(input) * Prime2), 13) * Prime1;
}
