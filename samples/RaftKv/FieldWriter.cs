using System.Buffers.Binary;
using System.Text;

namespace RaftKv;

/// <summary>Writes little-endian fields, which <see cref="FieldReader"/> reads. The buffer grows and is used again.</summary>
internal sealed class FieldWriter
{
    private byte[] _buffer = new byte[256];

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    /// <summary>Overwrites four bytes that were written before.</summary>
    public void PatchUInt32(int position, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(position), value);

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    public void Guid(Guid value) => value.TryWriteBytes(Take(16));

    /// <summary>A length and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        Raw(value);
    }

    /// <summary>A length and the text as UTF-8.</summary>
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Int32(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        Length += count;
        return _buffer.AsSpan(Length - count, count);
    }
}
