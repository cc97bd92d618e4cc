using System.Diagnostics.CodeAnalysis;
using Chirps.Engine.Time;

namespace Chirps.Engine.Carrier;

/// <summary>A bounded table. When it is full the entry that was longest not asked for makes room.</summary>
/// <param name="capacity">The most entries.</param>
internal sealed class RecentTable<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, Entry> _entries = [];

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether there is an entry.</summary>
    public bool Contains(TKey key) => _entries.ContainsKey(key);

    /// <summary>Finds an entry, and notes that it was asked for.</summary>
    public bool TryGet(TKey key, MeshInstant now, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        entry.Used = now;
        value = entry.Value;
        return true;
    }

    /// <summary>Adds or replaces an entry.</summary>
    /// <returns>The value that had to go for it: the former one, or that of another key.</returns>
    public TValue? Set(TKey key, MeshInstant now, TValue value)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            var former = entry.Value;
            entry.Value = value;
            entry.Used = now;
            return former;
        }

        var displaced = _entries.Count >= capacity ? RemoveOldest() : null;
        _entries.Add(key, new Entry(value, now));
        return displaced;
    }

    /// <summary>Takes everything out.</summary>
    public IReadOnlyList<TValue> Clear()
    {
        TValue[] all = [.. _entries.Values.Select(entry => entry.Value)];
        _entries.Clear();
        return all;
    }

    private TValue RemoveOldest()
    {
        // Only when a new one comes and there is no room: never in a cluster within its limit.
        var oldest = _entries.MinBy(pair => pair.Value.Used);
        _entries.Remove(oldest.Key);
        return oldest.Value.Value;
    }

    private sealed class Entry(TValue value, MeshInstant used)
    {
        public TValue Value { get; set; } = value;

        public MeshInstant Used { get; set; } = used;
    }
}
