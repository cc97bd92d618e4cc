using System.Buffers.Binary;

namespace Chirps.Engine.Messaging;

/// <summary>
/// Cuts the bytes of one stream into frames. Frames that lie whole in the given bytes are yielded where they are;
/// only a frame torn over two reads is copied. One caller at a time.
/// </summary>
/// <param name="frameBytesMax">Longest frame accepted, without its length field. Bounds what a peer can make us hold.</param>
public sealed class FrameAssembler(int frameBytesMax)
{
    /// <summary>A larger buffer is given up once its frame was taken, so that an idle stream costs little.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private byte[] _torn = [];
    private int _held;

    /// <summary>Longest frame accepted, without its length field. Holds from the next frame on.</summary>
    public int FrameBytesMax { get; set; } = frameBytesMax;

    /// <summary>Bytes kept for a frame of which the rest is still to come.</summary>
    public int HeldBytes => _held;

    /// <summary>
    /// Takes the next whole frame. Call with the same <paramref name="bytes"/> until it returns <see langword="false"/>:
    /// then they are used up, unless <paramref name="fault"/> says that the stream is broken.
    /// </summary>
    /// <param name="bytes">What was received; advanced past what is used.</param>
    /// <param name="frame">The frame without its length field; valid until the next call.</param>
    /// <param name="fault">Why the stream cannot go on.</param>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> frame, out FrameFault fault)
    {
        fault = FrameFault.None;
        frame = default;
        if (_held > 0)
        {
            return TryTakeTorn(ref bytes, out frame, out fault);
        }

        if (_torn.Length > KeptBytesMax)
        {
            _torn = [];
        }

        if (bytes.Length < FrameCodec.LengthBytes)
        {
            Hold(ref bytes, bytes.Length, FrameCodec.LengthBytes);
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length > (uint)FrameBytesMax)
        {
            fault = FrameFault.TooLong;
            return false;
        }

        var whole = FrameCodec.LengthBytes + (int)length;
        if (bytes.Length < whole)
        {
            Hold(ref bytes, bytes.Length, whole);
            return false;
        }

        frame = bytes.Slice(FrameCodec.LengthBytes, (int)length);
        bytes = bytes[whole..];
        return true;
    }

    private bool TryTakeTorn(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> frame, out FrameFault fault)
    {
        frame = default;
        fault = FrameFault.None;
        if (_held < FrameCodec.LengthBytes)
        {
            Hold(ref bytes, Math.Min(bytes.Length, FrameCodec.LengthBytes - _held), FrameCodec.LengthBytes);
            if (_held < FrameCodec.LengthBytes)
            {
                return false;
            }
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_torn);
        if (length > (uint)FrameBytesMax)
        {
            fault = FrameFault.TooLong;
            return false;
        }

        var whole = FrameCodec.LengthBytes + (int)length;
        Hold(ref bytes, Math.Min(bytes.Length, whole - _held), whole);
        if (_held < whole)
        {
            return false;
        }

        frame = _torn.AsSpan(FrameCodec.LengthBytes, (int)length);
        _held = 0;
        return true;
    }

    /// <summary>Keeps <paramref name="count"/> bytes. Grows with what has come, not with what was announced.</summary>
    private void Hold(ref ReadOnlySpan<byte> bytes, int count, int whole)
    {
        var needed = _held + count;
        if (_torn.Length < needed)
        {
            Array.Resize(ref _torn, Math.Min(whole, Math.Max(needed, Math.Max(1024, _torn.Length * 2))));
        }

        bytes[..count].CopyTo(_torn.AsSpan(_held));
        _held = needed;
        bytes = bytes[count..];
    }
}
