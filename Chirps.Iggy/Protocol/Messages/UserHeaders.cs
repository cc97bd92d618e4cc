namespace Chirps.Iggy.Protocol.Messages;

/// <summary>
/// Goes through encoded user headers with <c>foreach</c>, without allocating. It ends early where the bytes are malformed: check
/// <see cref="AreValid"/> to tell.
/// </summary>
public ref struct UserHeaders
{
    private WireReader _reader;
    private UserHeader _current;

    /// <summary>Begins before the first header.</summary>
    /// <param name="encoded">The headers as the wire has them.</param>
    public UserHeaders(ReadOnlySpan<byte> encoded) => _reader = new WireReader(encoded);

    /// <summary>The header at hand.</summary>
    public readonly UserHeader Current => _current;

    /// <summary>Whether encoded headers are well formed to their end.</summary>
    public static bool AreValid(ReadOnlySpan<byte> encoded)
    {
        var headers = new UserHeaders(encoded);
        while (headers.MoveNext())
        {
        }

        return headers._reader.IsEmpty;
    }

    /// <summary>Finds a header by a key of kind text.</summary>
    /// <param name="encoded">The headers as the wire has them.</param>
    /// <param name="key">The key in UTF-8.</param>
    /// <param name="header">The first header with this key.</param>
    /// <returns>Whether there is one before the end, or before a malformed place.</returns>
    public static bool TryFind(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> key, out UserHeader header)
    {
        var headers = new UserHeaders(encoded);
        while (headers.MoveNext())
        {
            if (headers._current.KeyKind == HeaderKind.Text && headers._current.Key.SequenceEqual(key))
            {
                header = headers._current;
                return true;
            }
        }

        header = default;
        return false;
    }

    /// <summary>Itself.</summary>
    public readonly UserHeaders GetEnumerator() => this;

    /// <summary>Goes on to the next header.</summary>
    /// <returns><see langword="false"/> at the end, or where the bytes are malformed.</returns>
    public bool MoveNext()
    {
        var reader = _reader;
        if (!TryReadSide(ref reader, out var keyKind, out var key) || !TryReadSide(ref reader, out var valueKind, out var value))
        {
            return false;
        }

        _reader = reader;
        _current = new UserHeader(keyKind, key, valueKind, value);
        return true;
    }

    private static bool TryReadSide(scoped ref WireReader reader, out HeaderKind kind, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var read = reader.TryReadByte(out var raw) && reader.TryReadLongBytes(out bytes);
        kind = (HeaderKind)raw;
        return read && bytes.Length is > 0 and <= IggyLimits.NameBytesMax && raw > 0 && (Width(kind) is 0 || Width(kind) == bytes.Length);
    }

    private static int Width(HeaderKind kind) => kind switch
    {
        HeaderKind.Boolean or HeaderKind.Signed8 or HeaderKind.Unsigned8 => 1,
        HeaderKind.Signed16 or HeaderKind.Unsigned16 => 2,
        HeaderKind.Signed32 or HeaderKind.Unsigned32 or HeaderKind.Floating32 => 4,
        HeaderKind.Signed64 or HeaderKind.Unsigned64 or HeaderKind.Floating64 => 8,
        HeaderKind.Signed128 or HeaderKind.Unsigned128 => 16,
        _ => 0,
    };
}
