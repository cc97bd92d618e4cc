using System.Buffers.Binary;
using System.Text;

namespace Chirps.Iggy.Protocol.Messages;

/// <summary>Encodes user headers, with keys of kind text. Servers keep the bytes; other clients may not keep the order.</summary>
public sealed class UserHeadersBuilder
{
    private readonly List<byte> _encoded = [];

    /// <summary>Adds text.</summary>
    /// <exception cref="ArgumentException">Key or value has no byte, or more than 255.</exception>
    public UserHeadersBuilder Add(string key, string value) => Add(key, HeaderKind.Text, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a number.</summary>
    /// <exception cref="ArgumentException">The key has no byte, or more than 255.</exception>
    public UserHeadersBuilder Add(string key, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Add(key, HeaderKind.Signed32, bytes);
    }

    /// <summary>Adds a number.</summary>
    /// <exception cref="ArgumentException">The key has no byte, or more than 255.</exception>
    public UserHeadersBuilder Add(string key, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Add(key, HeaderKind.Unsigned64, bytes);
    }

    /// <summary>Adds a value of any kind.</summary>
    /// <param name="key">The key, 1 to 255 bytes of UTF-8.</param>
    /// <param name="kind">What the value means.</param>
    /// <param name="value">1 to 255 bytes, as many as the kind has.</param>
    /// <exception cref="ArgumentException">Key or value has a length that is not allowed.</exception>
    public UserHeadersBuilder Add(string key, HeaderKind kind, ReadOnlySpan<byte> value)
    {
        var start = _encoded.Count;
        Append(HeaderKind.Text, Encoding.UTF8.GetBytes(key));
        Append(kind, value);
        if (!UserHeaders.AreValid(_encoded.Skip(start).ToArray()))
        {
            _encoded.RemoveRange(start, _encoded.Count - start);
            throw new ArgumentException($"The header \"{key}\" has a length that is not allowed.");
        }

        return this;
    }

    /// <summary>The headers as the wire has them.</summary>
    public byte[] ToArray() => [.. _encoded];

    internal void AddEncoded(in UserHeader header)
    {
        Append(header.KeyKind, header.Key);
        Append(header.ValueKind, header.Value);
    }

    private void Append(HeaderKind kind, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _encoded.Add((byte)kind);
        _encoded.AddRange(length);
        _encoded.AddRange(bytes);
    }
}
