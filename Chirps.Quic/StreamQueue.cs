using System.Diagnostics.CodeAnalysis;

namespace Chirps.Quic;

/// <summary>Streams that wait for their number, in the order of their opening. Any thread. An empty one takes next to no memory.</summary>
internal sealed class StreamQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<QuicStream> _streams = new();

    public void Enqueue(QuicStream stream)
    {
        lock (_lock)
        {
            _streams.Enqueue(stream);
        }
    }

    public bool TryPeek([NotNullWhen(true)] out QuicStream? stream)
    {
        lock (_lock)
        {
            return _streams.TryPeek(out stream);
        }
    }

    public bool TryDequeue([NotNullWhen(true)] out QuicStream? stream)
    {
        lock (_lock)
        {
            return _streams.TryDequeue(out stream);
        }
    }
}
