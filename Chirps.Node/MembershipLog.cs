using System.Collections.Concurrent;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>Passes membership changes on to the watchers, and keeps the last ones of each member.</summary>
internal sealed class MembershipLog(int feedCapacity)
{
    /// <summary>Changes kept for one member.</summary>
    private const int HistoryMax = 32;

    private readonly ConcurrentDictionary<MemberId, MembershipRecord[]> _history = new();
    private readonly Lock _writing = new();
    private volatile MembershipFeed[] _feeds = [];

    public MembershipFeed Watch()
    {
        var feed = new MembershipFeed(feedCapacity, Remove);
        lock (_writing)
        {
            _feeds = [.. _feeds, feed];
        }

        return feed;
    }

    public IReadOnlyList<MembershipRecord> History(MemberId id) => _history.TryGetValue(id, out var records) ? records : [];

    /// <summary>Called by the protocol loop only.</summary>
    public void Append(MembershipRecord record)
    {
        var id = record.Change.Member.Id;
        var before = _history.GetValueOrDefault(id, []);
        _history[id] = [.. before.AsSpan(Math.Max(0, before.Length - HistoryMax + 1)), record];
        foreach (var feed in _feeds)
        {
            feed.Post(record);
        }
    }

    /// <summary>Forgets members that the engine has forgotten.</summary>
    public void Keep(MembershipView view)
    {
        foreach (var id in _history.Keys)
        {
            if (!view.TryGet(id, out _))
            {
                _history.TryRemove(id, out _);
            }
        }
    }

    public void Close()
    {
        foreach (var feed in _feeds)
        {
            feed.Dispose();
        }
    }

    private void Remove(MembershipFeed feed)
    {
        lock (_writing)
        {
            _feeds = [.. _feeds.Where(other => other != feed)];
        }
    }
}
