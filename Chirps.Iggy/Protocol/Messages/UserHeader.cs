using System.Buffers.Binary;
using System.Text;

namespace Chirps.Iggy.Protocol.Messages;

/// <summary>One user header: a view that lives no longer than the bytes it was read from.</summary>
public readonly ref struct UserHeader
{
    internal UserHeader(HeaderKind keyKind, ReadOnlySpan<byte> key, HeaderKind valueKind, ReadOnlySpan<byte> value)
    {
        KeyKind = keyKind;
        Key = key;
        ValueKind = valueKind;
        Value = value;
    }

    /// <summary>What the key's bytes mean.</summary>
    public HeaderKind KeyKind { get; }

    /// <summary>The key, 1 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>What the value's bytes mean.</summary>
    public HeaderKind ValueKind { get; }

    /// <summary>The value, 1 to 255 bytes, numbers with their low byte first.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The value as text: its bytes as UTF-8, whatever they were meant to be.</summary>
    public string Text => Encoding.UTF8.GetString(Value);

    /// <summary>The value as an unsigned 64-bit number; 0 when it is of another kind.</summary>
    public ulong Unsigned64 => ValueKind == HeaderKind.Unsigned64 ? BinaryPrimitives.ReadUInt64LittleEndian(Value) : 0;

    /// <summary>The value as a signed 32-bit number; 0 when it is of another kind.</summary>
    public int Signed32 => ValueKind == HeaderKind.Signed32 ? BinaryPrimitives.ReadInt32LittleEndian(Value) : 0;
}
