using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Chirps.Iggy.Protocol;

/// <summary>
/// A growing buffer into which frames are written, with Iggy's little-endian fields. Meant to be kept and used again: after
/// <see cref="Clear"/> it writes into the same memory. Not for several threads at once.
/// </summary>
internal sealed class WireBuffer : IDisposable
{
    private const int FirstCapacity = 1024;

    private byte[] _bytes;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">Bytes to make room for at first.</param>
    public WireBuffer(int capacity = FirstCapacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written. A view that the next write may make stale.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>What was written. A view that the next write may make stale.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Bytes there is room for without growing.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what was written after a place.</summary>
    /// <param name="length">What <see cref="Length"/> was at that place.</param>
    public void CutTo(int length) => Length = Math.Min(length, Length);

    /// <summary>Gives the memory back. The buffer must not be used again.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            Length = 0;
        }
    }

    /// <summary>A view of bytes already written, to fill in what was not known before.</summary>
    public Span<byte> Written(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Appends room, its content undefined, to be filled by the caller before the next write.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>Writes zero bytes.</summary>
    public void WriteZeros(int count) => Take(count).Clear();

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Writes a flag as 0 or 1.</summary>
    public void WriteFlag(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes 16 bits.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    /// <summary>Writes 32 bits.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Writes 64 bits.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Writes 128 bits, the low half first.</summary>
    public void WriteUInt128(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Take(16), value);

    /// <summary>Writes a 32-bit floating-point number.</summary>
    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(4), value);

    /// <summary>Writes a run of bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Writes 32 bits of length and the bytes.</summary>
    public void WriteLongBytes(ReadOnlySpan<byte> value)
    {
        WriteUInt32((uint)value.Length);
        WriteBytes(value);
    }

    /// <summary>Writes one byte of length and the bytes.</summary>
    /// <exception cref="ArgumentException">No byte, or more than 255.</exception>
    public void WriteShortBytes(ReadOnlySpan<byte> value)
    {
        WriteByte(ShortLength(value.Length));
        WriteBytes(value);
    }

    /// <summary>Writes one byte of length and the text in UTF-8.</summary>
    /// <exception cref="ArgumentException">No byte, or more than 255.</exception>
    public void WriteName(string value)
    {
        var length = ShortLength(Encoding.UTF8.GetByteCount(value));
        WriteByte(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Writes 32 bits of length and the text in UTF-8.</summary>
    public void WriteLongText(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteUInt32((uint)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Sets 32 bits written before.</summary>
    public void PatchUInt32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at, 4), value);

    /// <summary>Sets 64 bits written before.</summary>
    public void PatchUInt64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(at, 8), value);

    private static byte ShortLength(int length)
        => length is > 0 and <= IggyLimits.NameBytesMax ? (byte)length : throw new ArgumentException($"A name has 1 to {IggyLimits.NameBytesMax} bytes, not {length}.");

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), (int)Math.Min(Array.MaxLength, (long)_bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
