using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>The embedded server through a client of its protocol, in both dialects.</summary>
public sealed class EmbeddedServerTests
{
    public static TheoryData<IggyDialect> Dialects { get; } = [IggyDialect.Classic, IggyDialect.Vsr];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Messages_come_back_in_order_from_any_place(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect);
        for (var number = 0; number < 20; number++)
        {
            await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(number));
        }

        Assert.Equal(Enumerable.Range(0, 20), await ServerKit.PollAsync(client, PollingStrategy.First));
        Assert.Equal([5, 6, 7], await ServerKit.PollAsync(client, PollingStrategy.FromOffset(5), 3));
        Assert.Equal([18, 19], await ServerKit.PollAsync(client, PollingStrategy.Last, 2));
        Assert.Equal(Enumerable.Range(0, 20), await ServerKit.PollAsync(client, PollingStrategy.FromTime(DateTimeOffset.UnixEpoch)));
        Assert.Empty(await ServerKit.PollAsync(client, PollingStrategy.FromOffset(20)));
        Assert.Empty(await ServerKit.PollAsync(client, PollingStrategy.FromTime(DateTimeOffset.MaxValue)));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Pipelined_sends_of_one_client_keep_their_order(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect);

        var sends = Enumerable.Range(0, 500).Select(number => client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(number)).AsTask()).ToArray();
        var places = await Task.WhenAll(sends);

        Assert.Equal(Enumerable.Range(0, 500).Select(number => (ulong)number), places.Select(place => place!.Value.Offset));
        Assert.Equal(Enumerable.Range(0, 500), await ServerKit.PollAsync(client, PollingStrategy.First, 1000));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Streams_topics_messages_and_offsets_survive_a_restart(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect, partitions: 3);
        await client.SendAsync("s", "t", Partitioning.To(2), ServerKit.Message(7));
        await client.StoreOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 2, 0);
        await client.CreateGroupAsync("s", "t", "g");

        await kit.RestartAsync();
        client = kit.Connect(dialect);

        var topic = await client.GetTopicAsync("s", "t");
        Assert.Equal(3, topic!.Partitions.Count);
        Assert.Equal([0UL, 0UL, 1UL], topic.Partitions.Select(partition => partition.Messages));
        Assert.Equal("g", Assert.Single(await client.GetGroupsAsync("s", "t")).Name);
        Assert.Equal(new OffsetInfo(2, 0, 0), await client.GetOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 2));
        Assert.Empty(await ServerKit.PollAsync(client, PollingStrategy.Next, partition: 2));
        Assert.Equal([7], await ServerKit.PollAsync(client, PollingStrategy.First, partition: 2));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_consumer_goes_on_after_the_offset_it_has_stored(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect);
        for (var number = 0; number < 6; number++)
        {
            await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(number));
        }

        Assert.Equal([0, 1], await ServerKit.PollAsync(client, PollingStrategy.Next, 2, autoCommit: true));
        Assert.Equal([2, 3], await ServerKit.PollAsync(client, PollingStrategy.Next, 2));
        Assert.Equal([2, 3], await ServerKit.PollAsync(client, PollingStrategy.Next, 2));
        await client.StoreOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0, 4);
        Assert.Equal([5], await ServerKit.PollAsync(client, PollingStrategy.Next));
        await client.DeleteOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0);
        Assert.Equal([0], await ServerKit.PollAsync(client, PollingStrategy.Next, 1));

        Assert.Equal(IggyStatus.ConsumerOffsetNotFound, await Refusal(client.DeleteOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0)));
        Assert.Equal(IggyStatus.InvalidOffset, await Refusal(client.StoreOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0, 6)));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_group_deals_its_partitions_out_and_again_when_a_member_leaves(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var first = await kit.ConnectWithTopicAsync(dialect, partitions: 4);
        var second = kit.Connect(dialect);
        await first.CreateGroupAsync("s", "t", "g");
        await first.JoinGroupAsync("s", "t", "g");
        await second.JoinGroupAsync("s", "t", "g");
        for (var number = 0; number < 4; number++)
        {
            await first.SendAsync("s", "t", Partitioning.To((uint)number), ServerKit.Message(number));
        }

        var both = await first.GetGroupAsync("s", "t", "g");
        Assert.Equal([2, 2], both!.Members.Select(member => member.Partitions.Count));
        await second.DisposeAsync();
        await Chirps.Tests.Quic.Expect.Eventually(() => first.GetGroupAsync("s", "t", "g").AsTask().Result!.Members.Count == 1, "the member whose connection is gone has left");

        var polled = new List<int>();
        for (var turn = 0; turn < 4; turn++)
        {
            polled.AddRange(await ServerKit.PollAsync(first, IggyConsumer.Group("g"), PollingStrategy.Next, 10, partition: null, autoCommit: true));
        }

        Assert.Equal([0, 1, 2, 3], polled.Order());
        Assert.Equal(new OffsetInfo(3, 0, 0), await first.GetOffsetAsync(IggyConsumer.Group("g"), "s", "t", 3));
    }

    [Fact]
    public async Task A_poll_for_a_group_by_a_stranger_is_refused()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();
        await client.CreateGroupAsync("s", "t", "g");

        Assert.Equal(IggyStatus.NotAMember, await Refusal(ServerKit.PollAsync(client, IggyConsumer.Group("g"), PollingStrategy.Next, 1, partition: 0)));
        Assert.Equal(IggyStatus.GroupNotFound, await Refusal(ServerKit.PollAsync(client, IggyConsumer.Group("h"), PollingStrategy.Next, 1, partition: 0)));
    }

    [Fact]
    public async Task A_repeated_message_id_is_answered_with_its_place_and_stored_once_across_a_restart()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();
        var message = ServerKit.Message(1) with { Id = 42 };
        var first = await client.SendAsync("s", "t", Partitioning.To(0), message);
        await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(2));
        await kit.RestartAsync();
        client = kit.Connect();

        var again = await client.SendAsync("s", "t", Partitioning.To(0), message);

        Assert.Equal(first, again);
        Assert.Equal([1, 2], await ServerKit.PollAsync(client, PollingStrategy.First));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_purge_empties_a_topic_and_forgets_its_offsets(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect);
        await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(1));
        await client.StoreOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0, 0);
        await client.PurgeTopicAsync("s", "t");

        Assert.Null(await client.GetOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0));
        var place = await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(2));
        Assert.Equal(0UL, place!.Value.Offset);
        Assert.Equal([2], await ServerKit.PollAsync(client, PollingStrategy.Next));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task What_does_not_exist_has_its_own_code(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync(dialect);

        Assert.Null(await client.GetStreamAsync("x"));
        Assert.Null(await client.GetTopicAsync("s", "x"));
        Assert.Equal(IggyStatus.StreamNameExists, await Refusal(client.CreateStreamAsync("s")));
        Assert.Equal(IggyStatus.TopicNameExists, await Refusal(client.CreateTopicAsync("s", "t", 1)));
        Assert.Equal(IggyStatus.StreamNotFound, await Refusal(client.DeleteStreamAsync("x")));
        Assert.Equal(IggyStatus.TopicNotFound, await Refusal(client.DeleteTopicAsync("s", "x")));
        Assert.Equal(IggyStatus.StreamNotFound, await Refusal(client.PollAsync(IggyConsumer.Of(1), "x", "t", 0, PollingStrategy.First, 1)));
        Assert.Equal(IggyStatus.TopicNotFound, await Refusal(client.PollAsync(IggyConsumer.Of(1), "s", "x", 0, PollingStrategy.First, 1)));
        Assert.Equal(IggyStatus.PartitionNotFound, await Refusal(client.PollAsync(IggyConsumer.Of(1), "s", "t", 9, PollingStrategy.First, 1)));
        var expected = dialect == IggyDialect.Classic ? IggyStatus.PartitionNotFound : IggyStatus.ResourceNotFound;
        Assert.Equal(expected, await Refusal(client.SendAsync("s", "t", Partitioning.To(9), ServerKit.Message(1))));
    }

    [Fact]
    public async Task A_removed_topic_leaves_nothing_to_one_of_its_name()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();
        await client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(1));
        await client.StoreOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0, 0);
        await client.DeleteTopicAsync("s", "t");
        await client.CreateTopicAsync("s", "t", 1);

        Assert.Empty(await ServerKit.PollAsync(client, PollingStrategy.First));
        Assert.Null(await client.GetOffsetAsync(IggyConsumer.Of("reader"), "s", "t", 0));
        Assert.Single(Directory.GetDirectories(Path.Combine(kit.Options.DataDirectory, "topics")));
    }

    [Fact]
    public async Task Partitions_are_added_and_taken_from_the_end()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();
        await client.CreatePartitionsAsync("s", "t", 2);
        await client.SendAsync("s", "t", Partitioning.To(2), ServerKit.Message(3));
        await client.DeletePartitionsAsync("s", "t", 1);

        Assert.Equal(2, (await client.GetTopicAsync("s", "t"))!.Partitions.Count);
        await client.CreatePartitionsAsync("s", "t", 1);
        Assert.Empty(await ServerKit.PollAsync(client, PollingStrategy.First, partition: 2));
    }

    [Fact]
    public async Task A_token_logs_in_until_it_is_deleted()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = kit.Connect();
        var token = await client.CreateTokenAsync("ci");
        await kit.RestartAsync();

        var byToken = kit.Connect(change: options => options with { Password = null, Token = token });
        Assert.Equal("ci", Assert.Single(await byToken.GetTokensAsync()).Name);
        await byToken.DeleteTokenAsync("ci");
        var late = kit.Connect(change: options => options with { Password = null, Token = token });
        await Assert.ThrowsAsync<IggyException>(() => late.ConnectAsync().AsTask());
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_wrong_password_is_refused(IggyDialect dialect)
    {
        await using var kit = await ServerKit.StartAsync();
        var client = kit.Connect(dialect, options => options with { Password = "other" });

        Assert.Equal(IggyStatus.InvalidCredentials, await Refusal(client.ConnectAsync()));
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused()
    {
        await using var kit = await ServerKit.StartAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => Chirps.Iggy.Embedded.EmbeddedIggyServer.StartAsync(kit.Options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
    }

    [Fact]
    public async Task The_server_describes_itself_as_one_node_at_the_address_dialled()
    {
        await using var kit = await ServerKit.StartAsync();
        var client = await kit.ConnectWithTopicAsync();

        var node = Assert.Single((await client.GetClusterAsync()).Nodes);
        var stats = await client.GetStatsAsync();
        var me = await client.GetMeAsync();

        Assert.Equal(("127.0.0.1", kit.Server.LocalEndPoint.Port), (node.Address, node.TcpPort));
        Assert.Equal((1U, 1U, 1U), (stats.Streams, stats.Topics, stats.Partitions));
        Assert.Equal(0U, me!.Client.UserId);
    }

    private static Task<IggyStatus> Refusal(ValueTask call) => Refusal(call.AsTask());

    private static Task<IggyStatus> Refusal<T>(ValueTask<T> call) => Refusal(call.AsTask());

    private static async Task<IggyStatus> Refusal(Task call) => (await Assert.ThrowsAsync<IggyException>(() => call)).Status;
}
