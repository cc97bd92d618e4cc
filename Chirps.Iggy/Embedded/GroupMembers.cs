namespace Chirps.Iggy.Embedded;

/// <summary>Who is in a consumer group, and which partitions each member owns: dealt out in turn, anew whenever somebody comes or goes. For one thread at a time.</summary>
internal sealed class GroupMembers
{
    private readonly List<Member> _members = [];

    /// <summary>Grows whenever partitions are dealt anew.</summary>
    public ulong Generation { get; private set; } = 1;

    public int Count => _members.Count;

    /// <summary>Member numbers and their partitions, ascending.</summary>
    public IEnumerable<(uint Id, IReadOnlyList<uint> Partitions)> Members => _members.Select(member => (member.Id, (IReadOnlyList<uint>)member.Partitions));

    public bool Contains(uint client) => Find(client) is not null;

    /// <summary>Adds a client; does nothing when it is a member.</summary>
    public void Join(uint client, int partitions)
    {
        if (Find(client) is null)
        {
            _members.Add(new Member(_members.Count == 0 ? 0 : _members[^1].Id + 1, client));
            Deal(partitions);
        }
    }

    /// <returns>Whether the client was a member.</returns>
    public bool Leave(uint client, int partitions)
    {
        if (Find(client) is not { } member)
        {
            return false;
        }

        _members.Remove(member);
        Deal(partitions);
        return true;
    }

    /// <summary>Deals the partitions out again.</summary>
    public void Deal(int partitions)
    {
        Generation++;
        foreach (var member in _members)
        {
            member.Partitions.Clear();
        }

        for (var partition = 0; partition < partitions && _members.Count > 0; partition++)
        {
            _members[partition % _members.Count].Partitions.Add((uint)partition);
        }
    }

    /// <summary>The partitions of a client; none when it is no member.</summary>
    public IReadOnlyList<uint> PartitionsOf(uint client) => Find(client)?.Partitions ?? [];

    /// <summary>The partition a client polls next when it names none: its own in turn.</summary>
    public uint? NextPartition(uint client)
    {
        if (Find(client) is not { Partitions.Count: > 0 } member)
        {
            return null;
        }

        return member.Partitions[(int)(member.Turn++ % (uint)member.Partitions.Count)];
    }

    private Member? Find(uint client) => _members.Find(member => member.Client == client);

    private sealed class Member(uint id, uint client)
    {
        public uint Id { get; } = id;

        public uint Client { get; } = client;

        public List<uint> Partitions { get; } = [];

        public uint Turn { get; set; }
    }
}
