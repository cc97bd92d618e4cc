using Chirps.Iggy.Embedded;

namespace Chirps.Tests.Iggy.Embedded;

public sealed class GroupMembersTests
{
    [Fact]
    public void Every_partition_has_one_owner_as_members_come_and_go()
    {
        var group = new GroupMembers();
        group.Join(client: 10, partitions: 5);
        group.Join(client: 20, partitions: 5);
        group.Join(client: 10, partitions: 5);

        Assert.Equal(2, group.Count);
        Assert.Equal([0U, 2U, 4U], group.PartitionsOf(10));
        Assert.Equal([1U, 3U], group.PartitionsOf(20));
        Assert.True(group.Leave(10, 5));
        Assert.False(group.Leave(10, 5));
        Assert.Equal([0U, 1U, 2U, 3U, 4U], group.PartitionsOf(20));
        Assert.Empty(group.PartitionsOf(10));
    }

    [Fact]
    public void A_member_without_a_partition_named_polls_its_own_in_turn()
    {
        var group = new GroupMembers();
        group.Join(client: 10, partitions: 2);

        Assert.Equal([0U, 1U, 0U], new[] { group.NextPartition(10), group.NextPartition(10), group.NextPartition(10) }.Select(partition => partition!.Value));
        Assert.Null(group.NextPartition(20));
    }
}
