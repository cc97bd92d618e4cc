using System.Buffers.Binary;

namespace Chirps.Benchmarks.Transport;

/// <summary>The first bytes of a stream: what its server is to do with the rest.</summary>
internal readonly record struct Order(bool IsEcho, long Bytes)
{
    public const int Size = 9;

    private const byte EchoMark = (byte)'E';
    private const byte CountMark = (byte)'C';

    /// <summary>Send everything back.</summary>
    public static Order Echo => new(true, 0);

    /// <summary>Answer with one byte once so many have arrived.</summary>
    public static Order Count(long bytes) => new(false, bytes);

    public static Order Read(ReadOnlySpan<byte> source) => new(source[0] == EchoMark, BinaryPrimitives.ReadInt64LittleEndian(source[1..]));

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        bytes[0] = IsEcho ? EchoMark : CountMark;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Bytes);
        return bytes;
    }
}
