using System.Threading.Channels;

namespace Chirps.Silo.Page;

/// <summary>One reader of the live feed: a bounded queue of frames. A reader that lets it fill up is cut off; nobody waits for it.</summary>
internal sealed class LiveClient : IDisposable
{
    private readonly Channel<ReadOnlyMemory<byte>> _frames;
    private readonly CancellationTokenSource _cut = new();
    private readonly Action<LiveClient> _closed;

    public LiveClient(int framesMax, Action<LiveClient> closed)
    {
        _frames = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(framesMax) { SingleReader = true });
        _closed = closed;
    }

    /// <summary>Whether it still waits for the snapshot that comes first. Changed by the feed only.</summary>
    public bool NeedsSnapshot { get; set; }

    /// <summary>Fires when the reader was too slow, or the feed has ended.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>What is to be written to it.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Frames => _frames.Reader;

    /// <summary>Queues a frame; cuts the reader off when its queue is full.</summary>
    /// <returns>Whether the reader is still there.</returns>
    public bool TryPush(ReadOnlyMemory<byte> frame)
    {
        if (_frames.Writer.TryWrite(frame))
        {
            return true;
        }

        End();
        return false;
    }

    /// <summary>Ends the reader.</summary>
    public void End()
    {
        _frames.Writer.TryComplete();

        // Not on this thread: the caller holds the feed's lock, and the reader's end asks for it.
        _ = _cut.CancelAsync();
    }

    public void Dispose()
    {
        _closed(this);
        _cut.Dispose();
    }
}
