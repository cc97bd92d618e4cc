using System.Threading.Channels;

namespace Chirps.Node;

/// <summary>One watcher's bounded queue of membership changes; a jump in their versions says that some were lost.</summary>
public sealed class MembershipFeed : IDisposable
{
    private readonly Channel<MembershipRecord> _queue;
    private readonly Action<MembershipFeed> _remove;

    internal MembershipFeed(int capacity, Action<MembershipFeed> remove)
    {
        _remove = remove;
        _queue = Channel.CreateBounded<MembershipRecord>(new BoundedChannelOptions(capacity) { SingleWriter = true });
    }

    /// <summary>The changes, in order.</summary>
    public ChannelReader<MembershipRecord> Changes => _queue.Reader;

    /// <summary>Ends the feed; what waits can be read.</summary>
    public void Dispose()
    {
        _remove(this);
        _queue.Writer.TryComplete();
    }

    internal void Post(MembershipRecord record) => _queue.Writer.TryWrite(record);
}
