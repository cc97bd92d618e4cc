using System.Text;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Chirps.Tests.Iggy.Backend;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Durable;

/// <summary>Channels through a node that hosts the server.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private readonly DurableMesh _mesh = new();
    private MeshNode _node = null!;
    private IDurableChannels _channels = null!;

    public async Task InitializeAsync()
    {
        _node = (await _mesh.StartAsync("a"))[0];
        _channels = _mesh.Channels(_node);
    }

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_channel_is_made_by_publishing_and_listed_with_its_partitions()
    {
        var receipts = await Publish("orders", "k", 0, 5);

        Assert.All(receipts, receipt => Assert.Equal((Outcome.Persisted, receipts[0].Partition), (receipt.Outcome, receipt.Partition)));
        Assert.Equal([0ul, 1, 2, 3, 4], receipts.Select(receipt => receipt.Offset!.Value));
        var listed = await _channels.ListAsync();
        Assert.Equal(["chirps.broadcast", "chirps.inbox.a", "orders"], listed.Select(channel => channel.Name));
        Assert.Equal(5ul, listed[2].Messages);
        Assert.Equal(4, listed[2].Partitions.Count);
        var partition = listed[2].Partitions[receipts[0].Partition!.Value];
        Assert.Equal((0ul, 5ul, 5ul), (partition.FirstOffset, partition.NextOffset, partition.Messages));
        Assert.InRange(partition.SizeBytes, 1ul, 5000ul);
    }

    [Fact]
    public async Task Messages_to_a_channel_that_is_being_made_keep_their_order()
    {
        var receipts = await Publish("new", "k", 0, 500);

        Assert.Equal(Enumerable.Range(0, 500).Select(number => (ulong)number), receipts.Select(receipt => receipt.Offset!.Value));
        Assert.Equal(Texts(0, 500), await Replay("new", new ReplaySettings()));
    }

    [Fact]
    public async Task A_replay_of_several_partitions_comes_in_the_order_of_storing()
    {
        for (var number = 0; number < 20; number++)
        {
            await Publish("orders", $"key-{number}", number, number + 1);
        }

        Assert.True((await _channels.FindAsync("orders"))!.Partitions.Count(partition => partition.Messages > 0) > 1);
        Assert.Equal(Texts(0, 20), await Replay("orders", new ReplaySettings()));
        Assert.Equal(Texts(0, 7), await Replay("orders", new ReplaySettings { Limit = 7 }));
    }

    [Fact]
    public async Task A_replay_begins_at_an_offset_or_at_an_instant()
    {
        var receipts = await Publish("orders", "k", 0, 10);
        var items = await Items("orders", new ReplaySettings());
        await Publish("orders", "k", 10, 12);
        var later = (await Items("orders", new ReplaySettings()))[10].StoredAt;

        Assert.Equal(Texts(4, 12), await Replay("orders", new ReplaySettings { From = ReplayStart.Offset(4), Partition = receipts[0].Partition }));
        Assert.Equal(Texts(0, 12), await Replay("orders", new ReplaySettings { From = ReplayStart.Instant(items[0].StoredAt) }));
        Assert.Equal(Texts(10, 12), await Replay("orders", new ReplaySettings { From = ReplayStart.Instant(later) }));
        Assert.Empty(await Replay("orders", new ReplaySettings { From = ReplayStart.Instant(later.AddDays(1)) }));
        Assert.Empty(await Replay("orders", new ReplaySettings { From = ReplayStart.Now }));
        Assert.Empty(await Replay("orders", new ReplaySettings { From = ReplayStart.Offset(12), Partition = receipts[0].Partition }));
    }

    [Fact]
    public async Task A_replayed_message_has_everything_that_was_said_of_it()
    {
        var id = Guid.NewGuid();
        var receipt = await _channels.PublishAsync("orders", "x"u8.ToArray(), new PublishSettings("k", "t", id));

        var item = Assert.Single(await Items("orders", new ReplaySettings()));

        Assert.Equal((receipt.Partition, receipt.Offset), (item.Partition, item.Offset));
        Assert.Equal((id, "a", "t", "k"), (item.Header!.Value.MessageId, item.Header.Value.Sender.ToString(), item.Header.Value.Topic, item.Header.Value.OrderingKey));
    }

    [Fact]
    public async Task Who_follows_misses_nothing_published_after_the_start_also_while_the_server_is_away()
    {
        await Publish("orders", "k", 0, 3);
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var follower = (await _mesh.StartAsync(_mesh.Options("b", _node)));
        await _mesh.ReachesServer(follower);
        var items = await _mesh.Channels(follower).ReplayAsync("orders", new ReplaySettings { From = ReplayStart.Now, Follow = true }, patience.Token);
        await using var reader = items.GetAsyncEnumerator(patience.Token);
        await Publish("orders", "k", 3, 6);
        Assert.Equal(Texts(3, 6), await Next(reader, 3));

        var waiting = Next(reader, 2);
        await _node.DisposeAsync();
        var options = _mesh.Options("a");
        options.Mesh.ListenAddress = _node.Membership.Self.Address.ToString();
        _channels = _mesh.Channels(await _mesh.StartAsync(options));
        await Publish("orders", "k", 6, 8);

        Assert.Equal(Texts(6, 8), await waiting);
    }

    [Fact]
    public async Task A_follower_can_be_cancelled()
    {
        await Publish("orders", "k", 0, 1);
        using var cancelling = new CancellationTokenSource();
        var items = await _channels.ReplayAsync("orders", new ReplaySettings { Follow = true });
        await using var reader = items.GetAsyncEnumerator(cancelling.Token);
        await Next(reader, 1);

        var waiting = reader.MoveNextAsync();
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask());
    }

    [Fact]
    public async Task What_cannot_be_found_is_named()
    {
        await Publish("orders", "k", 0, 1);

        Assert.Null(await _channels.FindAsync("nowhere"));
        Assert.Equal(ChannelFault.UnknownChannel, (await Assert.ThrowsAsync<ChannelException>(() => _channels.ReplayAsync("nowhere", new ReplaySettings()))).Fault);
        Assert.Equal(ChannelFault.UnknownChannel, (await Assert.ThrowsAsync<ChannelException>(() => _channels.LagAsync("nowhere"))).Fault);
        Assert.Equal(ChannelFault.UnknownPartition, (await Assert.ThrowsAsync<ChannelException>(() => _channels.ReplayAsync("orders", new ReplaySettings { Partition = 4 }))).Fault);
        await Assert.ThrowsAsync<ArgumentException>(() => _channels.ReplayAsync("orders", new ReplaySettings { From = ReplayStart.Offset(0) }));
        await Assert.ThrowsAsync<ArgumentException>(() => _channels.ReplayAsync("orders", new ReplaySettings { Limit = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(() => _channels.PublishAsync("chirps.broadcast", default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => _channels.PublishAsync("", default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => _channels.PublishAsync(new string('x', 256), default).AsTask());
    }

    [Fact]
    public async Task The_lag_is_what_a_consumer_has_not_processed()
    {
        var receipts = await Publish("orders", "k", 0, 10);
        await _mesh.Link(_node).Client!.StoreOffsetAsync(IggyConsumer.Of("mine"), _mesh.Link(_node).Stream, "orders", (uint)receipts[0].Partition!, 6);

        var lags = await _channels.LagAsync("orders", ["mine", "nobody"]);

        Assert.Equal([("mine", 3ul), ("nobody", 10ul)], lags.Select(lag => (lag.Consumer, lag.Lag)));
        Assert.Equal((6ul, 10ul, 3ul), lags[0].Partitions.Where(partition => partition.StoredOffset is not null).Select(partition => (partition.StoredOffset!.Value, partition.NextOffset, partition.Lag)).Single());
        Assert.Empty(await _channels.LagAsync("orders"));
    }

    [Fact]
    public async Task Nodes_that_read_the_broadcasts_are_consumers_of_that_channel()
    {
        using var subscription = _node.Subscribe("t");
        await _node.BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t");
        await DurableMesh.TakeAsync(subscription, 1);
        await MeshFixture.Eventually("the node has stored how far it read", () => _node.Metrics.ToPrometheusText().Contains("chirps_durable_lag_broadcast 0", StringComparison.Ordinal));

        var lags = await Until(() => _channels.LagAsync("chirps.broadcast"), found => found.Count == 1);

        Assert.Equal(("chirps.node.a", 0ul), (lags[0].Consumer, lags[0].Lag));
    }

    [Fact]
    public async Task A_repeated_id_does_not_shift_the_offsets_of_the_others()
    {
        var id = Guid.NewGuid();
        var first = _channels.PublishAsync("orders", "0"u8.ToArray(), new PublishSettings("k")).AsTask();

        // All of these wait for the first, and go in one request.
        var ids = new Guid?[] { id, null, id, null, null };
        var receipts = await Task.WhenAll(ids.Select(one => _channels.PublishAsync("orders", "x"u8.ToArray(), new PublishSettings("k", MessageId: one)).AsTask()));

        Assert.Equal(0ul, (await first).Offset);
        Assert.Equal([1ul, 2, 1, 3, 4], receipts.Select(receipt => receipt.Offset!.Value));
    }

    [Fact]
    public async Task A_node_without_a_server_says_so_and_queues()
    {
        var options = _mesh.Options("b");
        options.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        var alone = _mesh.Channels(await _mesh.StartAsync(options));

        var receipt = await alone.PublishAsync("orders", "x"u8.ToArray());

        Assert.Equal(Outcome.Queued, receipt.Outcome);
        Assert.Equal((false, null, 1, true), (alone.Status.IsConnected, alone.Status.Address, alone.Status.Outbox.Messages, alone.Status.IsReady));
        Assert.Equal(ChannelFault.NoServer, (await Assert.ThrowsAsync<ChannelException>(() => alone.ListAsync())).Fault);
        Assert.Equal((true, true), (_channels.Status.IsConnected, _channels.Status.IsReady));
    }

    [Fact]
    public async Task A_node_is_not_ready_for_durable_messages_when_its_outbox_is_full()
    {
        var options = _mesh.Options("b");
        options.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        options.Backends.Iggy.OutboxMessages = 1;
        var node = await _mesh.StartAsync(options);
        var alone = _mesh.Channels(node);
        Assert.True(alone.Status.IsReady);
        Assert.True(Check(node).IsGood);

        await alone.PublishAsync("orders", "x"u8.ToArray());

        Assert.False(alone.Status.IsReady);
        Assert.False(Check(node).IsGood);
        Assert.EndsWith("is full", Check(node).Text, StringComparison.Ordinal);
        Assert.Equal(FailureReason.OutboxFull, (await alone.PublishAsync("orders", "x"u8.ToArray())).Reason);
    }

    private static HealthCheck Check(MeshNode node) => node.Health().Checks.Single(check => check.Name == IggyOptions.BackendName);

    private static IEnumerable<string> Texts(int from, int to) => Enumerable.Range(from, to - from).Select(number => $"{number}");

    private static async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> holds)
    {
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            var answer = await ask();
            if (holds(answer))
            {
                return answer;
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private static async Task<string[]> Next(IAsyncEnumerator<ReplayItem> reader, int count)
    {
        var texts = new string[count];
        for (var index = 0; index < count; index++)
        {
            Assert.True(await reader.MoveNextAsync());
            texts[index] = Encoding.UTF8.GetString(reader.Current.Payload);
        }

        return texts;
    }

    /// <summary>Publishes numbers without waiting for one another.</summary>
    private async Task<ChannelReceipt[]> Publish(string channel, string key, int from, int to)
        => await Task.WhenAll(Texts(from, to).Select(text => _channels.PublishAsync(channel, Encoding.UTF8.GetBytes(text), new PublishSettings(key, Deadline: MeshFixture.Patience)).AsTask()));

    private async Task<List<ReplayItem>> Items(string channel, ReplaySettings settings)
    {
        var items = new List<ReplayItem>();
        await foreach (var item in await _channels.ReplayAsync(channel, settings))
        {
            items.Add(item);
        }

        return items;
    }

    private async Task<IEnumerable<string>> Replay(string channel, ReplaySettings settings)
        => (await Items(channel, settings)).Select(item => Encoding.UTF8.GetString(item.Payload));
}
