using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Chirps.Iggy.Protocol;

/// <summary>
/// Reads Iggy's little-endian fields off the front of a span. Every method returns <see langword="false"/> when too few bytes are
/// left or a field breaks its rule; what was taken is undefined then. Nothing is allocated before its length is known to be there.
/// </summary>
/// <param name="bytes">What to read.</param>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
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

    /// <summary>Reads a flag: 0 or 1, nothing else.</summary>
    public bool TryReadFlag(out bool value)
    {
        var read = TryReadByte(out var raw);
        value = raw == 1;
        return read && raw <= 1;
    }

    /// <summary>Reads 16 bits.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16LittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[2..];
        return true;
    }

    /// <summary>Reads 32 bits.</summary>
    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[4..];
        return true;
    }

    /// <summary>Reads 64 bits.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[8..];
        return true;
    }

    /// <summary>Reads a 32-bit floating-point number.</summary>
    public bool TryReadSingle(out float value)
    {
        if (!BinaryPrimitives.TryReadSingleLittleEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[4..];
        return true;
    }

    /// <summary>Reads a run of bytes, which stays a view of the input.</summary>
    public bool TryReadBytes(uint count, out ReadOnlySpan<byte> value)
    {
        if ((uint)_rest.Length < count)
        {
            value = default;
            return false;
        }

        value = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return true;
    }

    /// <summary>Reads 32 bits of length and that many bytes, which stay a view of the input.</summary>
    public bool TryReadLongBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadUInt32(out var length) && TryReadBytes(length, out value);
    }

    /// <summary>Reads one byte of length, at least 1, and that many bytes, which stay a view of the input.</summary>
    public bool TryReadShortBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadByte(out var length) && length > 0 && TryReadBytes(length, out value);
    }

    /// <summary>Reads a name: one byte of length, at least 1, and that much UTF-8.</summary>
    public bool TryReadName(out string value)
    {
        value = "";
        return TryReadShortBytes(out var bytes) && TryDecode(bytes, out value);
    }

    /// <summary>Reads text behind 32 bits of length, at most <see cref="IggyLimits.LongTextBytesMax"/>; it may be empty.</summary>
    public bool TryReadLongText(out string value)
    {
        value = "";
        return TryReadLongBytes(out var bytes) && bytes.Length <= IggyLimits.LongTextBytesMax && TryDecode(bytes, out value);
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string value)
    {
        var valid = Utf8.IsValid(bytes);
        value = valid ? Encoding.UTF8.GetString(bytes) : "";
        return valid;
    }
}
