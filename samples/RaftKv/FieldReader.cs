using System.Buffers.Binary;

namespace RaftKv;

/// <summary>Reads little-endian fields off the front of bytes. A field that is not there reads as zero, and <see cref="IsIntact"/> says so.</summary>
internal struct FieldReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> _rest = bytes;
    private bool _failed;

    /// <summary>Whether everything asked for was there.</summary>
    public readonly bool IsIntact => !_failed;

    /// <summary>Whether nothing is left over either.</summary>
    public readonly bool IsComplete => !_failed && _rest.IsEmpty;

    public byte Byte() => Take(sizeof(byte)) is { Length: > 0 } field ? field.Span[0] : default;

    public int Int32() => Take(sizeof(int)) is { Length: > 0 } field ? BinaryPrimitives.ReadInt32LittleEndian(field.Span) : default;

    public uint UInt32() => (uint)Int32();

    public ulong UInt64() => Take(sizeof(ulong)) is { Length: > 0 } field ? BinaryPrimitives.ReadUInt64LittleEndian(field.Span) : default;

    public Guid Guid() => Take(16) is { Length: > 0 } field ? new Guid(field.Span) : default;

    /// <summary>A length and that many bytes, which stay a view of the input.</summary>
    public ReadOnlyMemory<byte> Bytes() => Take(Int32());

    public string Text() => System.Text.Encoding.UTF8.GetString(Bytes().Span);

    /// <summary>Everything that is left.</summary>
    public ReadOnlyMemory<byte> Rest() => Take(_rest.Length);

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (_failed || count < 0 || count > _rest.Length)
        {
            _failed = true;
            return default;
        }

        var field = _rest[..count];
        _rest = _rest[count..];
        return field;
    }
}
