using System.Buffers.Binary;
using System.Text;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <summary>What both sides tell each other on the control stream, because System.Net.Quic gives closes no words and says
/// nothing of a certificate's acceptance.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Code">An error code, or the number of a <see cref="PeerRefusal"/>.</param>
/// <param name="Text">Words for people, at most 256 bytes of UTF-8.</param>
internal readonly record struct ControlFrame(ControlFrameKind Kind, ulong Code, string Text)
{
    private const int TextBytesMax = 256;
    private const int HeaderBytes = 1 + 8 + 2;

    /// <summary>The frame as it travels: kind, code and length of the text, big endian, then the text.</summary>
    public byte[] Encode()
    {
        var buffer = new byte[HeaderBytes + TextBytesMax];
        Encoding.UTF8.GetEncoder().Convert(Text, buffer.AsSpan(HeaderBytes), flush: true, out _, out var length, out _);
        buffer[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt64BigEndian(buffer.AsSpan(1), Code);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(9), (ushort)length);
        return buffer[..(HeaderBytes + length)];
    }

    /// <summary>Reads one frame.</summary>
    /// <returns>Null when the stream ended or does not hold a frame.</returns>
    /// <exception cref="System.Net.Quic.QuicException">The connection ended.</exception>
    public static async Task<ControlFrame?> ReadAsync(NetStream stream)
    {
        var header = new byte[HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false).ConfigureAwait(true) < HeaderBytes)
        {
            return null;
        }

        var kind = (ControlFrameKind)header[0];
        var length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(9));
        if (!Enum.IsDefined(kind) || length > TextBytesMax)
        {
            return null;
        }

        var text = new byte[length];
        if (await stream.ReadAtLeastAsync(text, length, throwOnEndOfStream: false).ConfigureAwait(true) < length)
        {
            return null;
        }

        var words = Encoding.UTF8.GetString(text);
        words = words.Any(char.IsControl) ? string.Concat(words.Select(c => char.IsControl(c) ? '?' : c)) : words;
        return new ControlFrame(kind, BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(1)), words);
    }
}
