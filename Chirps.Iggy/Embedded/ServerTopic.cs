using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded;

/// <summary>What is open of a topic: its partitions, and the members of its groups.</summary>
internal sealed class ServerTopic
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, GroupMembers> _groups = [];
    private uint _turn;

    /// <summary>The partitions; their place is their number. Replaced as a whole.</summary>
    public ServerPartition[] Partitions { get; private set; } = [];

    public ulong SizeBytes => Partitions.Aggregate(0UL, (sum, partition) => sum + (ulong)partition.Log.SizeBytes);

    public ulong Messages => Partitions.Aggregate(0UL, (sum, partition) => sum + partition.Messages);

    /// <summary>Takes other partitions, and deals them out to the groups.</summary>
    public void Use(ServerPartition[] partitions)
    {
        lock (_gate)
        {
            Partitions = partitions;
            foreach (var group in _groups.Values)
            {
                group.Deal(partitions.Length);
            }
        }
    }

    public ServerPartition? Find(uint partition)
    {
        var partitions = Partitions;
        return partition < partitions.Length ? partitions[partition] : null;
    }

    /// <summary>The partition of a send; <see langword="null"/> when it names one that does not exist, or there is none.</summary>
    public ServerPartition? Route(in Partitioning partitioning)
    {
        var partitions = Partitions;
        if (partitions.Length == 0)
        {
            return null;
        }

        return partitioning.Kind switch
        {
            PartitioningKind.Partition => Find(partitioning.Partition),
            PartitioningKind.Key => partitions[Partitioning.PartitionOf(partitioning.Key.Span, (uint)partitions.Length)],
            _ => partitions[(Interlocked.Increment(ref _turn) - 1) % (uint)partitions.Length],
        };
    }

    /// <summary>Does something with a group's members while nobody else does.</summary>
    public T With<T>(GroupState group, Func<GroupMembers, T> use)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(group.Id, out var members))
            {
                _groups[group.Id] = members = new GroupMembers();
            }

            return use(members);
        }
    }

    public void Forget(GroupState group)
    {
        lock (_gate)
        {
            _groups.Remove(group.Id);
        }
    }

    /// <summary>The groups a client is in.</summary>
    public uint[] GroupsOf(uint client)
    {
        lock (_gate)
        {
            return [.. _groups.Where(pair => pair.Value.Contains(client)).Select(pair => pair.Key).Order()];
        }
    }

    /// <summary>A client is gone, and with it its memberships.</summary>
    public void Leave(uint client)
    {
        lock (_gate)
        {
            foreach (var group in _groups.Values)
            {
                group.Leave(client, Partitions.Length);
            }
        }
    }
}
