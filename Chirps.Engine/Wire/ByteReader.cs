using System.Buffers.Binary;

namespace Chirps.Engine.Wire;

/// <summary>Reads big-endian fields off the front of a span. Every method returns <see langword="false"/>, and takes nothing, when too few bytes are left.</summary>
/// <param name="bytes">What to read.</param>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>Reads one byte.</summary>
    public bool TryReadByte(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads 16 bits.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[2..];
        return true;
    }

    /// <summary>Reads 32 bits.</summary>
    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[4..];
        return true;
    }

    /// <summary>Reads 64 bits.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[8..];
        return true;
    }

    /// <summary>Reads a run of bytes, which stays a view of the input.</summary>
    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        if (_rest.Length < count)
        {
            value = default;
            return false;
        }

        value = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    /// <summary>Reads one byte of length and that many bytes, which stay a view of the input.</summary>
    public bool TryReadShortBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_rest.IsEmpty || _rest.Length - 1 < _rest[0])
        {
            return false;
        }

        value = _rest.Slice(1, _rest[0]);
        _rest = _rest[(1 + value.Length)..];
        return true;
    }
}
