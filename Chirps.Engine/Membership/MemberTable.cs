using System.Collections;
using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>All members the engine holds, itself included, in the order it learnt of them.</summary>
/// <remarks>Also a read-only collection of immutable members. Searching by the bytes of a datagram allocates nothing.</remarks>
internal sealed class MemberTable : IReadOnlyCollection<Member>
{
    private readonly List<MemberRecord> _records = [];
    private readonly List<MemberRecord> _suspects = [];
    private readonly Dictionary<string, MemberRecord> _byName = new(Utf8NameComparer.Instance);
    private readonly Dictionary<string, MemberRecord>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private readonly Dictionary<ulong, MemberRecord> _byHash = [];
    private readonly int[] _counts = new int[4];

    /// <summary>Creates an empty table.</summary>
    /// <param name="membersMax">The most members it may hold.</param>
    public MemberTable(int membersMax)
    {
        MembersMax = membersMax;
        _byUtf8 = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The most members it may hold.</summary>
    public int MembersMax { get; }

    /// <summary>How many members it holds, of any status.</summary>
    public int Count => _records.Count;

    /// <summary>Whether another member would exceed the limit.</summary>
    public bool IsFull => _records.Count >= MembersMax;

    /// <summary>Members that are alive or suspect, this node included: the n of every formula.</summary>
    public int PresentCount => _counts[0] + _counts[1];

    /// <summary>All records in the order of learning.</summary>
    public IReadOnlyList<MemberRecord> Records => _records;

    /// <summary>The records under suspicion.</summary>
    public IReadOnlyList<MemberRecord> Suspects => _suspects;

    /// <summary>How many members have a status.</summary>
    public int CountOf(MemberStatus status) => _counts[(int)status];

    /// <summary>Finds a member by name.</summary>
    public MemberRecord? Find(MemberId id) => id.IsDefault ? null : _byName.GetValueOrDefault(id.ToString());

    /// <summary>Finds a member by the UTF-8 bytes of its name.</summary>
    public MemberRecord? Find(ReadOnlySpan<byte> utf8) => _byUtf8.TryGetValue(utf8, out var record) ? record : null;

    /// <summary>Finds a member by the hash of its name.</summary>
    public MemberRecord? Find(ulong nameHash) => _byHash.GetValueOrDefault(nameHash);

    /// <summary>Adds a member that is not in the table.</summary>
    public MemberRecord Add(MemberId id, FactKey key, MemberAddress address, MeshInstant now)
    {
        var record = new MemberRecord(id, key, address, now);
        _byName.Add(id.ToString(), record);
        _byHash[record.State.NameHash] = record;
        _records.Add(record);
        _counts[(int)key.Rank]++;
        return record;
    }

    /// <summary>Replaces the newest fact of a member and keeps the counts and the list of suspects right.</summary>
    public void Change(MemberRecord record, FactKey key, MemberAddress address, MeshInstant now)
    {
        _counts[(int)record.Status]--;
        if (record.Status == MemberStatus.Suspect)
        {
            _suspects.Remove(record);
        }

        record.Change(key, address, now);
        _counts[(int)key.Rank]++;
        if (key.Rank == MemberStatus.Suspect)
        {
            _suspects.Add(record);
        }
    }

    /// <summary>Forgets a member.</summary>
    public void Remove(MemberRecord record)
    {
        _counts[(int)record.Status]--;
        _suspects.Remove(record);
        _records.Remove(record);
        _byName.Remove(record.Id.ToString());
        _byHash.Remove(record.State.NameHash);
    }

    /// <summary>The dead or left member whose status is oldest, to make room.</summary>
    public MemberRecord? OldestGone()
    {
        MemberRecord? oldest = null;
        foreach (var record in _records)
        {
            if (!record.IsPresent && (oldest is null || record.Since < oldest.Since))
            {
                oldest = record;
            }
        }

        return oldest;
    }

    /// <inheritdoc/>
    public IEnumerator<Member> GetEnumerator()
    {
        foreach (var record in _records)
        {
            yield return record.ToMember();
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
