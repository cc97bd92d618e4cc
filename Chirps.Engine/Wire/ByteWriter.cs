using System.Buffers.Binary;

namespace Chirps.Engine.Wire;

/// <summary>Writes big-endian fields into a span. The caller makes sure of the room: running out of it is a defect and throws.</summary>
/// <param name="buffer">Where to write.</param>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Bytes still free.</summary>
    public readonly int Room => _buffer.Length - Written;

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value) => _buffer[Written++] = value;

    /// <summary>Writes 16 bits.</summary>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Written..], value);
        Written += 2;
    }

    /// <summary>Writes 32 bits.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Written..], value);
        Written += 4;
    }

    /// <summary>Writes 64 bits.</summary>
    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[Written..], value);
        Written += 8;
    }

    /// <summary>Writes a run of bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_buffer[Written..]);
        Written += value.Length;
    }

    /// <summary>Writes one byte of length and the bytes, at most 255.</summary>
    public void WriteShortBytes(ReadOnlySpan<byte> value)
    {
        WriteByte(checked((byte)value.Length));
        WriteBytes(value);
    }

    /// <summary>Reserves room to be filled by the caller.</summary>
    /// <param name="count">How many bytes.</param>
    /// <returns>The room.</returns>
    public Span<byte> Take(int count)
    {
        var room = _buffer.Slice(Written, count);
        Written += count;
        return room;
    }
}
