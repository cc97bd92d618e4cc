using Chirps.Iggy.Channels;
using Chirps.Tests.Quic;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

public sealed class DurableFaultTests
{
    private const int Small = 4096;

    [Fact]
    public async Task A_message_that_one_subscriber_refuses_goes_to_the_dead_letters_and_everything_else_to_both()
    {
        await using var cluster = await DurableCluster.StartAsync();
        var heard = await cluster.SubscribeAsync(null, poison: number => number == 3);
        var other = await cluster.SubscribeAsync(null);

        await cluster.PublishAsync(0, 6);

        await heard.Until(5);
        await other.Until(6);
        Assert.Equal([0, 1, 2, 4, 5], heard.Numbers);
        Assert.Equal([0, 1, 2, 3, 4, 5], other.Numbers);
        Assert.Equal(3, heard.Refused);
        _ = Assert.IsType<StreamEventDeliveryFailureException>(Assert.Single(heard.Errors));
        Assert.Empty(other.Errors);
    }

    [Fact]
    public async Task A_dead_letter_says_where_it_comes_from_and_why()
    {
        await using var cluster = await DurableCluster.StartAsync();
        var heard = await cluster.SubscribeAsync(null, poison: number => number == 3, inSilo: true);
        await cluster.PublishAsync(0, 5);
        await heard.Until(4);

        var dead = await cluster.SubscribeAsync(DurableToken.Beginning, channel: DurableCluster.Channel + ChirpsStreams.DeadLetterSuffix);

        await dead.Until(1);
        Assert.Equal([3], dead.Numbers);
        var letter = dead.Entries.First().Dead;
        Assert.Equal(("refused", DurableCluster.Channel, 0, 3UL), (letter!.Reason, letter.Channel, letter.Partition, letter.Offset));
        Assert.Equal($"{heard.Handle!.HandleId}", letter.Subscription);
        Assert.Equal(1, cluster.Metrics.DeadLetters);
    }

    [Fact]
    public async Task Each_subscription_that_refuses_a_message_has_its_dead_letter()
    {
        await using var cluster = await DurableCluster.StartAsync();
        var one = await cluster.SubscribeAsync(null, poison: number => number == 1);
        var two = await cluster.SubscribeAsync(null, poison: number => number == 1);
        await cluster.PublishAsync(0, 3);
        await one.Until(2);
        await two.Until(2);

        var dead = await cluster.SubscribeAsync(DurableToken.Beginning, channel: DurableCluster.Channel + ChirpsStreams.DeadLetterSuffix);

        await dead.Until(2);
        Assert.Equal([1, 1], dead.Numbers);
        Assert.Equal(2, dead.Entries.Select(entry => entry.Dead!.Subscription).Distinct().Count());
    }

    [Fact]
    public async Task A_purged_offset_gives_a_gap_with_the_retained_range_and_reading_goes_on()
    {
        await using var cluster = await DurableCluster.StartAsync();
        await cluster.PublishAsync(0, 10);
        await cluster.Kit.Connect().PurgeTopicAsync("s", DurableCluster.Channel);
        await cluster.PublishAsync(100, 3);

        var heard = await cluster.SubscribeAsync(DurableToken.At(5));

        await heard.Until(3);
        Assert.Equal([100, 101, 102], heard.Numbers);
        var gap = Assert.IsType<DurableGapException>(Assert.Single(heard.Errors));
        Assert.Equal((0, 5UL), (gap.Partition, gap.Wanted));
        Assert.Equal(gap.First, heard.Entries.First().Offset);
        Assert.Equal(0, cluster.Metrics.DeadLetters);
    }

    [Fact]
    public async Task Messages_that_retention_removed_give_a_gap_to_who_rewinds_to_them_and_none_to_who_begins_at_the_oldest()
    {
        await using var cluster = await DurableCluster.StartAsync(server: options => options with { SegmentBytes = Small });
        await PublishSegmentsAsync(cluster, 0, 60);
        var first = await cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(60);
        await cluster.Kit.Connect().DeleteSegmentsAsync("s", DurableCluster.Channel, 0, 1);

        var oldest = await cluster.SubscribeAsync(DurableToken.Beginning);
        var rewound = await cluster.SubscribeAsync((DurableToken)first.Tokens.ElementAt(2));

        await oldest.Until(numbers => numbers.Contains(59));
        await rewound.Until(numbers => numbers.Contains(59));
        Assert.NotEqual(0, oldest.Numbers[0]);
        Assert.Empty(oldest.Errors);
        var gap = Assert.IsType<DurableGapException>(Assert.Single(rewound.Errors));
        Assert.Equal((2UL, (ulong)oldest.Numbers[0], 60UL), (gap.Wanted, gap.First, gap.End));
        Assert.Equal(oldest.Numbers, rewound.Numbers);
    }

    [Fact]
    public async Task Rewinding_gives_no_gap_in_a_partition_whose_old_messages_were_gone_before_the_reader_began()
    {
        await using var cluster = await DurableCluster.StartAsync(partitions: 2, server: options => options with { SegmentBytes = Small });
        await PublishSegmentsAsync(cluster, 0, 60);
        var busy = await BusyPartitionAsync(cluster);
        await cluster.Kit.Connect().DeleteSegmentsAsync("s", DurableCluster.Channel, (uint)busy, 1);
        await cluster.PublishAsync(1000, 40, number => $"{number}");
        var first = await cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(numbers => numbers.Count(number => number >= 1000) == 40);
        var before = first.Entries.TakeWhile(entry => entry.Partition == busy).Count();

        var rewound = await cluster.SubscribeAsync((DurableToken)first.Tokens.ElementAt(before));

        await rewound.Until(first.Numbers.Length - before);
        Assert.Equal(first.Numbers.Skip(before).Order(), rewound.Numbers.Order());
        Assert.Empty(first.Errors);
        Assert.Empty(rewound.Errors);
    }

    [Fact]
    public async Task A_silo_that_knows_no_server_starts_refuses_to_publish_and_delivers_once_it_is_found()
    {
        await using var cluster = await DurableCluster.StartAsync(isServerKnown: false);
        var heard = await cluster.SubscribeAsync(null);
        var failure = await Assert.ThrowsAsync<DurablePublishException>(() => cluster.PublishAsync(0, 1));
        Assert.False(failure.MayHaveBeenStored);

        cluster.FindServer();
        await cluster.PublishAsync(1, 3);

        await heard.Until(3);
        Assert.Equal([1, 2, 3], heard.Numbers);
    }

    [Fact]
    public async Task A_lost_server_that_is_back_is_read_on_without_loss()
    {
        await using var cluster = await DurableCluster.StartAsync();
        var heard = await cluster.SubscribeAsync(null);
        await cluster.PublishAsync(0, 10);
        await heard.Until(10);

        await cluster.Kit.RestartAsync();
        cluster.FindServer();
        await cluster.PublishAsync(10, 10);

        await heard.Until(20);
        Assert.Equal(Enumerable.Range(0, 20), heard.Numbers);
        Assert.Empty(heard.Errors);
    }

    [Fact]
    public async Task Messages_of_one_key_keep_their_order_over_several_partitions()
    {
        await using var cluster = await DurableCluster.StartAsync(partitions: 4);

        await cluster.PublishAsync(0, 400, number => $"key-{number % 20}");

        var heard = await cluster.SubscribeAsync(DurableToken.Beginning);
        await heard.Until(400);
        Assert.True(heard.Entries.Select(entry => entry.Partition).Distinct().Count() > 1);
        Assert.All(heard.Entries.GroupBy(entry => entry.Key), key => Assert.Equal(key.Select(DurableObserver.Number).Order(), key.Select(DurableObserver.Number)));
        Assert.Equal(Enumerable.Range(0, 400), heard.Numbers.Order());
    }

    [Fact]
    public async Task A_token_rewinds_all_partitions_to_where_they_were()
    {
        await using var cluster = await DurableCluster.StartAsync(partitions: 4);
        await cluster.PublishAsync(0, 100, number => $"key-{number % 20}");
        var first = await cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(100);

        var again = await cluster.SubscribeAsync((DurableToken)first.Tokens.ElementAt(60));

        await again.Until(40);
        Assert.Equal(first.Numbers.Skip(60).Order(), again.Numbers.Order());
    }

    [Fact]
    public async Task A_subscriber_that_hangs_holds_up_no_other()
    {
        await using var cluster = await DurableCluster.StartAsync();
        var hanging = new TaskCompletionSource();
        var handle = await cluster.SiloStream().SubscribeAsync((entry, token) => hanging.Task);
        var heard = await cluster.SubscribeAsync(null);

        await cluster.PublishAsync(0, 2000);

        await heard.Until(2000);
        hanging.SetResult();
        await handle.UnsubscribeAsync();
    }

    [Theory]
    [InlineData(8, 1 << 20, 8)]
    [InlineData(1000, 1000, 10)]
    public async Task A_feed_that_nobody_takes_from_holds_no_more_than_its_room(int messages, int bytes, int expected)
    {
        await using var cluster = await DurableCluster.StartAsync();
        var hundredBytes = new DurableEntry(new byte[100]);
        await cluster.SiloStream().OnNextBatchAsync(Enumerable.Repeat(hundredBytes, 40));

        await using var feed = new ChannelFeed(cluster.Server, DurableCluster.Channel, new ChannelStart(), new ChannelFeedOptions { ReadAhead = messages, ReadAheadBytes = bytes, BatchMax = 4 });

        await Expect.Eventually(() => feed.Waiting >= expected, "the room is full");
        for (var number = 0; number < 40; number++)
        {
            Assert.InRange(feed.Waiting, 0, expected);
            Assert.InRange(feed.WaitingBytes, 0, bytes);
            Assert.Equal((ulong)number, (await feed.TakeAsync()).Offset);
        }
    }

    private static async Task PublishSegmentsAsync(DurableCluster cluster, int first, int count)
    {
        // One by one: a request is never split between segments.
        foreach (var number in Enumerable.Range(first, count))
        {
            await cluster.SiloStream().OnNextAsync(DurableCluster.Entry(number, "one"));
        }
    }

    private static async Task<int> BusyPartitionAsync(DurableCluster cluster)
    {
        var topic = await cluster.Kit.Connect().GetTopicAsync("s", DurableCluster.Channel);
        return topic!.Partitions.ToList().FindIndex(partition => partition.Messages > 0);
    }
}
