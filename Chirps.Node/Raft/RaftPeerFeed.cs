using System.Diagnostics.CodeAnalysis;
using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>One watcher's hints about peers. Some may be missing when its reader is slow. One reader at a time; dispose it to end it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It owns the feed and disposes it.")]
public sealed class RaftPeerFeed : IDisposable
{
    private readonly MembershipFeed _feed;

    internal RaftPeerFeed(MembershipFeed feed) => _feed = feed;

    /// <summary>Waits for the next hint.</summary>
    /// <returns><see langword="null"/> when the feed has ended.</returns>
    public async ValueTask<RaftPeerHint?> NextAsync(CancellationToken cancellationToken = default)
    {
        while (await _feed.Changes.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_feed.Changes.TryRead(out var record))
            {
                if (Hint(record.Change) is { } hint)
                {
                    return hint;
                }
            }
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose() => _feed.Dispose();

    private static RaftPeerHint? Hint(in MembershipChange change) => change.Member.Status switch
    {
        MemberStatus.Dead or MemberStatus.Left => new RaftPeerHint(change.Member.Id, IsUp: false),
        MemberStatus.Alive => new RaftPeerHint(change.Member.Id, IsUp: true),
        _ => null,
    };
}
