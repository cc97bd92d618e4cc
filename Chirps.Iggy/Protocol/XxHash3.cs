using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Chirps.Iggy.Protocol;

/// <summary>XXH3 of 64 bits with seed 0 and the default secret, by the specification of xxHash: the checksum of messages.</summary>
internal static class XxHash3
{
    private const ulong Prime32A = 0x9E3779B1;
    private const ulong Prime32B = 0x85EBCA77;
    private const ulong Prime32C = 0xC2B2AE3D;
    private const ulong Prime64A = 0x9E3779B185EBCA87;
    private const ulong Prime64B = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime64C = 0x165667B19E3779F9;
    private const ulong Prime64D = 0x85EBCA77C2B2AE63;
    private const ulong Prime64E = 0x27D4EB2F165667C5;
    private const ulong PrimeMixA = 0x165667919E3779F9;
    private const ulong PrimeMixB = 0x9FB21C651E98DF25;
    private const int StripeBytes = 64;
    private const int BlockStripes = (SecretBytes - StripeBytes) / 8;
    private const int BlockBytes = BlockStripes * StripeBytes;
    private const int SecretBytes = 192;
    private const int SecretBytesMin = 136;

    private static ReadOnlySpan<byte> Secret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
        0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
        0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
        0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb, 0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
        0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => Avalanche64(U64(Secret, 56) ^ U64(Secret, 64)),
        <= 3 => UpTo3(bytes),
        <= 8 => UpTo8(bytes),
        <= 16 => UpTo16(bytes),
        <= 128 => UpTo128(bytes),
        <= 240 => UpTo240(bytes),
        _ => Long(bytes),
    };

    private static ulong UpTo3(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        var combined = ((uint)bytes[0] << 16) | ((uint)bytes[length >> 1] << 24) | bytes[length - 1] | ((uint)length << 8);
        return Avalanche64(combined ^ (U32(Secret, 0) ^ U32(Secret, 4)));
    }

    private static ulong UpTo8(ReadOnlySpan<byte> bytes)
    {
        var input = U32(bytes, bytes.Length - 4) + ((ulong)U32(bytes, 0) << 32);
        var hash = input ^ (U64(Secret, 8) ^ U64(Secret, 16));
        hash ^= BitOperations.RotateLeft(hash, 49) ^ BitOperations.RotateLeft(hash, 24);
        hash *= PrimeMixB;
        hash ^= (hash >> 35) + (ulong)bytes.Length;
        hash *= PrimeMixB;
        return hash ^ (hash >> 28);
    }

    private static ulong UpTo16(ReadOnlySpan<byte> bytes)
    {
        var low = U64(bytes, 0) ^ (U64(Secret, 24) ^ U64(Secret, 32));
        var high = U64(bytes, bytes.Length - 8) ^ (U64(Secret, 40) ^ U64(Secret, 48));
        return Avalanche((ulong)bytes.Length + BinaryPrimitives.ReverseEndianness(low) + high + Fold(low, high));
    }

    private static ulong UpTo128(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        var sum = (ulong)length * Prime64A;
        for (var pair = (length - 1) / 32; pair >= 0; pair--)
        {
            sum += Mix16(bytes[(16 * pair)..], Secret[(32 * pair)..]);
            sum += Mix16(bytes[(length - (16 * (pair + 1)))..], Secret[((32 * pair) + 16)..]);
        }

        return Avalanche(sum);
    }

    private static ulong UpTo240(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        var sum = (ulong)length * Prime64A;
        for (var round = 0; round < 8; round++)
        {
            sum += Mix16(bytes[(16 * round)..], Secret[(16 * round)..]);
        }

        sum = Avalanche(sum);
        for (var round = 8; round < length / 16; round++)
        {
            sum += Mix16(bytes[(16 * round)..], Secret[((16 * (round - 8)) + 3)..]);
        }

        return Avalanche(sum + Mix16(bytes[(length - 16)..], Secret[(SecretBytesMin - 17)..]));
    }

    private static ulong Long(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> lanes = [Prime32C, Prime64A, Prime64B, Prime64C, Prime64D, Prime32B, Prime64E, Prime32A];
        var rest = bytes;
        while (rest.Length > BlockBytes)
        {
            for (var stripe = 0; stripe < BlockStripes; stripe++)
            {
                Accumulate(lanes, rest[(stripe * StripeBytes)..], Secret[(stripe * 8)..]);
            }

            Scramble(lanes);
            rest = rest[BlockBytes..];
        }

        for (var stripe = 0; stripe < (rest.Length - 1) / StripeBytes; stripe++)
        {
            Accumulate(lanes, rest[(stripe * StripeBytes)..], Secret[(stripe * 8)..]);
        }

        Accumulate(lanes, bytes[^StripeBytes..], Secret[(SecretBytes - StripeBytes - 7)..]);
        var hash = (ulong)bytes.Length * Prime64A;
        for (var pair = 0; pair < 4; pair++)
        {
            hash += Fold(lanes[2 * pair] ^ U64(Secret, 11 + (16 * pair)), lanes[(2 * pair) + 1] ^ U64(Secret, 19 + (16 * pair)));
        }

        return Avalanche(hash);
    }

    private static void Accumulate(Span<ulong> lanes, ReadOnlySpan<byte> input, ReadOnlySpan<byte> secret)
    {
        if (!BitConverter.IsLittleEndian)
        {
            AccumulateByLane(lanes, input, secret);
            return;
        }

        for (var half = 0; half < 8; half += 4)
        {
            var value = Vector256.Create(MemoryMarshal.Cast<byte, ulong>(input.Slice(half * 8, 32)));
            var key = value ^ Vector256.Create(MemoryMarshal.Cast<byte, ulong>(secret.Slice(half * 8, 32)));
            var lane = Vector256.Create<ulong>(lanes.Slice(half, 4));
            var product = (key & Vector256.Create((ulong)uint.MaxValue)) * (key >> 32);
            (lane + product + Vector256.Shuffle(value, Vector256.Create(1UL, 0UL, 3UL, 2UL))).CopyTo(lanes[half..]);
        }
    }

    private static void AccumulateByLane(Span<ulong> lanes, ReadOnlySpan<byte> input, ReadOnlySpan<byte> secret)
    {
        for (var lane = 0; lane < 8; lane++)
        {
            var value = U64(input, lane * 8);
            var key = value ^ U64(secret, lane * 8);
            lanes[lane ^ 1] += value;
            lanes[lane] += (uint)key * (key >> 32);
        }
    }

    private static void Scramble(Span<ulong> lanes)
    {
        for (var lane = 0; lane < 8; lane++)
        {
            lanes[lane] = (lanes[lane] ^ (lanes[lane] >> 47) ^ U64(Secret, SecretBytes - StripeBytes + (lane * 8))) * Prime32A;
        }
    }

    private static ulong Mix16(ReadOnlySpan<byte> input, ReadOnlySpan<byte> secret)
        => Fold(U64(input, 0) ^ U64(secret, 0), U64(input, 8) ^ U64(secret, 8));

    private static ulong Fold(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 37)) * PrimeMixA;
        return hash ^ (hash >> 32);
    }

    private static ulong Avalanche64(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime64B;
        hash = (hash ^ (hash >> 29)) * Prime64C;
        return hash ^ (hash >> 32);
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
