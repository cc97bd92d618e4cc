using System.Numerics;

namespace Chirps.Quic;

/// <summary>Streams with something to send: strict between the 8 priorities, round robin within one.</summary>
/// <remarks>Used only by whoever runs the connection.</remarks>
internal sealed class LaneScheduler
{
    public const int Levels = 8;

    /// <summary>Priorities 0-3, for which a part of the connection's credit is kept.</summary>
    private const int UrgentMask = 0x0f;

    private readonly QuicStream?[] _rings = new QuicStream?[Levels];
    private int _mask;

    public bool IsEmpty => _mask == 0;

    public bool HasUrgent => (_mask & UrgentMask) != 0;

    /// <summary>The stream whose turn it is, or null.</summary>
    public QuicStream? Peek() => _mask == 0 ? null : _rings[BitOperations.TrailingZeroCount(_mask)];

    /// <summary>Adds a stream at the end of its level, or moves it there when its priority has changed.</summary>
    public void Add(QuicStream stream)
    {
        var level = stream.Priority;
        if (stream.ReadyLevel == level)
        {
            return;
        }

        Remove(stream);
        stream.ReadyLevel = level;
        ref var head = ref _rings[level];
        if (head == null)
        {
            head = stream;
            stream.NextReady = stream;
            stream.PreviousReady = stream;
        }
        else
        {
            stream.PreviousReady = head.PreviousReady;
            stream.NextReady = head;
            head.PreviousReady!.NextReady = stream;
            head.PreviousReady = stream;
        }

        _mask |= 1 << level;
    }

    public void Remove(QuicStream stream)
    {
        var level = stream.ReadyLevel;
        if (level == QuicStream.NotReady)
        {
            return;
        }

        if (stream.NextReady == stream)
        {
            _rings[level] = null;
            _mask &= ~(1 << level);
        }
        else
        {
            stream.PreviousReady!.NextReady = stream.NextReady;
            stream.NextReady!.PreviousReady = stream.PreviousReady;
            if (_rings[level] == stream)
            {
                _rings[level] = stream.NextReady;
            }
        }

        stream.NextReady = null;
        stream.PreviousReady = null;
        stream.ReadyLevel = QuicStream.NotReady;
    }

    /// <summary>Ends a stream's turn.</summary>
    public void Rotate(QuicStream stream)
    {
        if (stream.ReadyLevel != QuicStream.NotReady && _rings[stream.ReadyLevel] == stream)
        {
            _rings[stream.ReadyLevel] = stream.NextReady;
        }
    }
}
