using Chirps.Engine.Time;

namespace Chirps.Tests.Fuzzing;

/// <summary>Bytes out of chance, and small damage to good ones.</summary>
internal static class Mutations
{
    /// <summary>Values at which lengths and counts tend to go wrong.</summary>
    private static readonly byte[] _edges = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

    /// <summary>Zero to <paramref name="lengthMax"/> bytes of any value.</summary>
    public static byte[] Bytes(SeededRandom random, int lengthMax)
    {
        var bytes = new byte[random.Next(lengthMax + 1)];
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>One to three changes: a byte or a bit turned, an edge value, bytes cut off, put in, taken out or repeated.</summary>
    public static byte[] Of(SeededRandom random, byte[] good)
    {
        byte[] bytes = [.. good];
        for (var change = random.Next(3); change >= 0; change--)
        {
            bytes = Once(random, bytes);
        }

        return bytes;
    }

    private static byte[] Once(SeededRandom random, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        var offset = random.Next(bytes.Length);
        switch (random.Next(7))
        {
            case 0:
                bytes[offset] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[offset] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                bytes[offset] = random.Pick<byte>(_edges);
                return bytes;
            case 3:
                return bytes[..offset];
            case 4:
                return [.. bytes[..offset], (byte)random.Next(256), .. bytes[offset..]];
            case 5:
                return [.. bytes[..offset], .. bytes[(offset + 1)..]];
            default:
                var end = offset + random.Next(bytes.Length - offset) + 1;
                return [.. bytes[..end], .. bytes[offset..]];
        }
    }
}
