using System.Buffers;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>Goes through a segment frame by frame and finds its way past damage. For one thread.</summary>
internal sealed class FrameWalker : IDisposable
{
    private readonly ILogFile _file;
    private readonly long _end;
    private byte[] _window;
    private long _windowStart;
    private int _windowLength;
    private long _next;

    /// <summary>Starts at a frame.</summary>
    /// <param name="file">The segment; stays the caller's.</param>
    /// <param name="position">Where a frame begins.</param>
    /// <param name="end">Where the last frame ends.</param>
    /// <param name="offset">Offset expected at the position.</param>
    /// <param name="windowBytes">How much to read at a time.</param>
    public FrameWalker(ILogFile file, long position, long end, ulong offset, int windowBytes)
    {
        _file = file;
        _end = end;
        _next = position;
        NextOffset = offset;
        _window = ArrayPool<byte>.Shared.Rent(windowBytes);
    }

    /// <summary>The frame's header, after <see cref="WalkStep.Frame"/>.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Where the frame, or the damage, begins.</summary>
    public long Position { get; private set; }

    /// <summary>Offset expected at <see cref="Position"/>.</summary>
    public ulong Offset { get; private set; }

    /// <summary>Offset expected at the next step. After damage it is that of the next frame that could be found; unchanged when there was none.</summary>
    public ulong NextOffset { get; private set; }

    /// <summary>Where the next step begins.</summary>
    public long NextPosition => _next;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }

    public WalkStep Next()
    {
        Position = _next;
        Offset = NextOffset;
        if (Position >= _end)
        {
            return WalkStep.End;
        }

        if (TryHeader(Position, out var header) && header.BaseOffset == Offset)
        {
            Header = header;
            _next = Position + FrameHeader.Bytes + header.BodyBytes;
            NextOffset = header.NextOffset;
            return WalkStep.Frame;
        }

        FindNext(Position + 1);
        return WalkStep.Damage;
    }

    /// <summary>The messages of the frame come to, whether intact or not. A view that the next call makes stale.</summary>
    public ReadOnlySpan<byte> Body() => Read(Position + FrameHeader.Bytes, Header.BodyBytes);

    /// <summary>Goes on behind the frame come to, which turned out to be damaged.</summary>
    public void SkipDamagedBody()
    {
        if (_next < _end && !(TryHeader(_next, out var following) && following.BaseOffset == NextOffset))
        {
            FindNext(Position + 1);
        }
    }

    private bool TryHeader(long position, out FrameHeader header)
        => FrameHeader.TryRead(Read(position, FrameHeader.Bytes), out header) && header.BodyBytes <= _end - position - FrameHeader.Bytes;

    private void FindNext(long from)
    {
        for (var position = from; position < _end;)
        {
            var bytes = Read(position, (int)Math.Min(_window.Length, _end - position));
            if (bytes.IsEmpty)
            {
                break;
            }

            var found = bytes.IndexOf(FrameHeader.MagicBytes);
            if (found >= 0 && TryHeader(position + found, out var header) && header.BaseOffset >= Offset)
            {
                _next = position + found;
                NextOffset = header.BaseOffset;
                return;
            }

            // The magic may begin at the end of what was looked at.
            position += found >= 0 ? found + 1 : Math.Max(1, bytes.Length - FrameHeader.MagicBytes.Length + 1);
        }

        _next = _end;
    }

    private ReadOnlySpan<byte> Read(long position, int count)
    {
        var wanted = (int)Math.Min(count, _end - position);
        if (position < _windowStart || position + wanted > _windowStart + _windowLength)
        {
            if (wanted > _window.Length)
            {
                ArrayPool<byte>.Shared.Return(_window);
                _window = ArrayPool<byte>.Shared.Rent(wanted);
            }

            _windowStart = position;
            _windowLength = _file.Read(_window.AsSpan(0, (int)Math.Min(_window.Length, _end - position)), position);
            wanted = Math.Min(wanted, _windowLength);
        }

        return _window.AsSpan((int)(position - _windowStart), wanted);
    }
}
