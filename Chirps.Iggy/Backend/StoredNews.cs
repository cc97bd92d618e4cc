using System.Collections.Concurrent;
using Chirps.Node;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Nodes tell each other, best effort, that they have stored something: Iggy does not, and to ask it all the time costs a node that has nothing to do more than all the rest of
/// it. A word that is lost costs a little time and nothing else. Any thread.
/// </summary>
internal sealed class StoredNews : IAsyncDisposable
{
    /// <summary>Of one channel it is not told more often.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    private readonly MeshNode _node;
    private readonly TimeProvider _time;
    private readonly MeshSubscription _subscription;
    private readonly Pulse _pulse = new();
    private readonly ConcurrentDictionary<string, Word> _words = new(StringComparer.Ordinal);
    private readonly Task _listening;

    /// <param name="node">Through which is told and heard.</param>
    /// <param name="time">The clock.</param>
    public StoredNews(MeshNode node, TimeProvider time)
    {
        (_node, _time) = (node, time);
        _subscription = node.Subscribe(Topics.Stored);
        _listening = Task.Run(ListenAsync);
    }

    /// <summary>Ends when somebody has stored something for this node.</summary>
    public Task Next => _pulse.Next;

    /// <summary>Something was stored in a channel.</summary>
    public void Tell(string channel)
    {
        if (channel != DurableChannels.Broadcast && !DurableChannels.IsInbox(channel))
        {
            return;
        }

        var word = _words.GetOrAdd(channel, static _ => new Word());
        lock (word)
        {
            if (word.IsComing)
            {
                return;
            }

            word.IsComing = true;
        }

        _ = TellAsync(channel, word);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        await _listening.ConfigureAwait(false);
    }

    private async Task TellAsync(string channel, Word word)
    {
        if (word.ToldAt is { } before && _pause - _time.GetElapsedTime(before) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, _time).ConfigureAwait(false);
        }

        // From here on what is stored needs a word of its own.
        lock (word)
        {
            (word.IsComing, word.ToldAt) = (false, _time.GetTimestamp());
        }

        if (channel == DurableChannels.Broadcast)
        {
            _pulse.Beat();
            await _node.BroadcastAsync(default, Profile.Ephemeral, Topics.Stored).ConfigureAwait(false);
        }
        else if (DurableChannels.NodeOf(channel) == _node.Membership.Self.Id)
        {
            _pulse.Beat();
        }
        else if (DurableChannels.NodeOf(channel) is { } target)
        {
            await _node.SendAsync(target, default, Profile.Ephemeral, Topics.Stored).ConfigureAwait(false);
        }
    }

    private async Task ListenAsync()
    {
        while (await _subscription.Messages.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_subscription.Messages.TryRead(out var message))
            {
                message.Dispose();
            }

            _pulse.Beat();
        }
    }

    /// <summary>What is told of one channel.</summary>
    private sealed class Word
    {
        public bool IsComing { get; set; }

        public long? ToldAt { get; set; }
    }
}
