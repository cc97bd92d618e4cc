using Chirps.Engine.Membership;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Protocol;

namespace Chirps.Tests.Iggy.Backend;

public sealed class DurableChannelsTests
{
    private static readonly MemberId _node = MemberId.Parse("node-1");

    [Fact]
    public void A_node_has_an_inbox_with_one_order()
    {
        var inbox = DurableChannels.Inbox(_node);

        Assert.Equal("chirps.inbox.node-1", inbox);
        Assert.Equal(1, DurableChannels.PartitionsOf(inbox, 8));
        Assert.Equal((PartitioningKind.Partition, 0u), (DurableChannels.PartitioningOf(inbox, "any").Kind, DurableChannels.PartitioningOf(inbox, "any").Partition));
    }

    [Theory]
    [InlineData(DurableChannels.Broadcast)]
    [InlineData("orders")]
    public void Other_channels_are_spread_by_the_ordering_key(string channel)
    {
        var partitioning = DurableChannels.PartitioningOf(channel, "customer-7");

        Assert.Equal(8, DurableChannels.PartitionsOf(channel, 8));
        Assert.Equal(PartitioningKind.Key, partitioning.Kind);
        Assert.Equal("customer-7"u8, partitioning.Key.Span);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void An_ordering_key_has_1_to_255_bytes(int length)
        => Assert.Throws<ArgumentException>(() => DurableChannels.PartitioningOf("orders", new string('k', length)));

    [Fact]
    public void Each_node_reads_under_its_own_name()
        => Assert.NotEqual(DurableChannels.Reader(_node), DurableChannels.Reader(MemberId.Parse("node-2")));
}
