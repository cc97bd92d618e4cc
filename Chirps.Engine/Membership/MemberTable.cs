namespace Chirps.Engine.Membership;

/// <summary>All members in the order they joined, found by name without allocating, and the memory of those forgotten.</summary>
internal sealed class MemberTable
{
    /// <summary>Forgotten members remembered, so that a slower peer cannot bring them back.</summary>
    private const int TombstonesMax = 512;

    private readonly Dictionary<string, MemberEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<MemberEntry> _entries = [];
    private readonly Dictionary<string, (MemberId Id, FactKey Key)> _tombstones = new(StringComparer.Ordinal);
    private readonly Queue<string> _tombstoneOrder = new();

    public IReadOnlyList<MemberEntry> Entries => _entries;

    /// <summary>Members alive or suspect.</summary>
    public int Present { get; private set; }

    public int Alive { get; private set; }

    public MemberEntry? Find(MemberId id) => id.IsDefault ? null : _byName.GetValueOrDefault(id.ToString());

    public MemberEntry? Find(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[MemberId.LengthMax];
        return MemberId.TryDecode(name, characters, out var length)
            && _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters[..length], out var entry)
            ? entry
            : null;
    }

    public void Add(MemberEntry entry)
    {
        _byName.Add(entry.Id.ToString(), entry);
        _entries.Add(entry);
        Count(entry.Status, 1);
    }

    public void Replace(MemberEntry entry, Member member)
    {
        Count(entry.Status, -1);
        entry.Member = member;
        Count(entry.Status, 1);
    }

    /// <summary>Forgets a member, but for its key.</summary>
    public void Remove(MemberEntry entry)
    {
        Count(entry.Status, -1);
        _byName.Remove(entry.Id.ToString());
        _entries.Remove(entry);
        Bury(entry.Id, entry.Member.Key);
    }

    /// <summary>Remembers that a fact about a member that is not in the table is over.</summary>
    public void Bury(MemberId id, FactKey key)
    {
        var name = id.ToString();
        if (!_tombstones.TryGetValue(name, out var known))
        {
            if (_tombstoneOrder.Count >= TombstonesMax)
            {
                _tombstones.Remove(_tombstoneOrder.Dequeue());
            }

            _tombstoneOrder.Enqueue(name);
        }

        _tombstones[name] = (id, FactKey.Max(known.Key, key));
    }

    /// <summary>Whether a member is known to be over at this key or a later one.</summary>
    public bool IsBuried(MemberId id, FactKey key, out FactKey buried)
    {
        var found = _tombstones.TryGetValue(id.ToString(), out var known);
        buried = known.Key;
        return found && buried >= key;
    }

    private void Count(MemberStatus status, int step)
    {
        Present += status is MemberStatus.Alive or MemberStatus.Suspect ? step : 0;
        Alive += status is MemberStatus.Alive ? step : 0;
    }
}
