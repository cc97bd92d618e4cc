using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>Remembers the end of members that are not in the table, so that a slower peer cannot bring a stale one back.</summary>
/// <remarks>
/// Holds members reaped from the table and deaths heard of before the member itself. Bounded: the oldest makes room.
/// Entries expire after the tombstone time.
/// </remarks>
/// <param name="capacity">The most entries.</param>
/// <param name="lifetime">How long an entry counts.</param>
internal sealed class Tombstones(int capacity, TimeSpan lifetime)
{
    private readonly Dictionary<string, Entry> _entries = new(Utf8NameComparer.Instance);
    private readonly Queue<Entry> _byAge = new();

    /// <summary>How many entries count or wait to be dropped.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers an end, unless a newer one is known.</summary>
    public void Remember(ReadOnlySpan<byte> name, FactKey key, MemberAddress address, MeshInstant now)
    {
        DropExpired(now);
        var lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(name, out var known))
        {
            // A forgotten entry is revived in place, with its old turn to be dropped: at worst it is forgotten early.
            if (known.Key < key)
            {
                known.Key = key;
                known.Address = address;
                known.Expires = now + lifetime;
            }

            return;
        }

        if (!MemberId.TryParse(name, out var id))
        {
            return;
        }

        if (_entries.Count >= capacity)
        {
            _entries.Remove(_byAge.Dequeue().Name);
        }

        var entry = new Entry(id.ToString(), key, address, now + lifetime);
        _entries.Add(entry.Name, entry);
        _byAge.Enqueue(entry);
    }

    /// <summary>Finds the remembered end of a name.</summary>
    /// <returns>Whether there is one that has not expired.</returns>
    public bool TryFind(ReadOnlySpan<byte> name, MeshInstant now, out FactKey key, out MemberAddress address)
    {
        var found = _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var entry) && entry.Expires > now;
        key = found ? entry!.Key : default;
        address = found ? entry!.Address : default;
        return found;
    }

    /// <summary>Takes the permission to answer a stale fact about a name, given once per interval.</summary>
    public bool TryTakeAnswer(ReadOnlySpan<byte> name, MeshInstant now, TimeSpan interval)
    {
        if (!_entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var entry)
            || (entry.LastAnswer is { } last && now - last < interval))
        {
            return false;
        }

        entry.LastAnswer = now;
        return true;
    }

    /// <summary>Forgets a name: it is in the table again.</summary>
    public void Forget(ReadOnlySpan<byte> name, MeshInstant now)
    {
        if (_entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var entry))
        {
            // It stays in the queue by age until its turn comes, so that both structures always hold the same entries.
            entry.Key = default;
            entry.Expires = now;
        }
    }

    private void DropExpired(MeshInstant now)
    {
        while (_byAge.TryPeek(out var oldest) && oldest.Expires <= now)
        {
            _entries.Remove(_byAge.Dequeue().Name);
        }
    }

    private sealed class Entry(string name, FactKey key, MemberAddress address, MeshInstant expires)
    {
        public string Name { get; } = name;

        public FactKey Key { get; set; } = key;

        public MemberAddress Address { get; set; } = address;

        public MeshInstant Expires { get; set; } = expires;

        public MeshInstant? LastAnswer { get; set; }
    }
}
