using System.Text;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Backend;

public sealed class IggyBackendTests : IAsyncLifetime
{
    private readonly DurableMesh _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_broadcast_is_stored_once_and_reaches_every_node_the_sender_included()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");
        var subscriptions = nodes.Select(node => node.Subscribe("t")).ToArray();

        var first = await nodes[1].BroadcastAsync("one"u8.ToArray(), Profile.Durable, "t");
        var second = await nodes[2].BroadcastAsync("two"u8.ToArray(), Profile.Durable, "t");

        Assert.Empty(first.Members);
        Assert.Equal([(Outcome.Persisted, 0ul), (Outcome.Persisted, 1ul)], new[] { first, second }.Select(one => (one.Stored!.Value.Outcome, one.Stored.Value.Offset!.Value)));
        foreach (var subscription in subscriptions)
        {
            Assert.Equal(["one", "two"], await DurableMesh.TakeAsync(subscription, 2));
        }
    }

    [Fact]
    public async Task A_message_to_one_node_reaches_its_inbox_only()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");
        var subscriptions = nodes.Select(node => node.Subscribe(MeshSubscription.AllTopics)).ToArray();

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), "to b"u8.ToArray(), Profile.Durable, "t");
        await nodes[0].BroadcastAsync("to all"u8.ToArray(), Profile.Durable, "t");

        Assert.Equal((Outcome.Persisted, 0ul), (result.Outcome, result.Offset));
        Assert.Equal(["to all", "to b"], (await DurableMesh.TakeAsync(subscriptions[1], 2)).Order());
        Assert.Equal(["to all"], await DurableMesh.TakeAsync(subscriptions[0], 1));
        Assert.Equal(["to all"], await DurableMesh.TakeAsync(subscriptions[2], 1));
        Assert.Equal([1, 2, 1], subscriptions.Select(one => one.Received));
    }

    [Fact]
    public async Task What_a_node_stores_is_read_at_once_by_those_that_it_is_for_though_they_hardly_ever_ask()
    {
        var host = await _mesh.StartAsync(Options("a"));
        MeshNode[] nodes = [host, await _mesh.StartAsync(Options("b", host)), await _mesh.StartAsync(Options("c", host))];
        foreach (var node in nodes)
        {
            await _mesh.ReachesServer(node);
        }

        await MeshFixture.Eventually("they see each other", () => nodes.All(node => node.Membership.Count(MemberStatus.Alive) == 3));
        var (b, c) = (nodes[1].Subscribe("t"), nodes[2].Subscribe("t"));
        foreach (var (from, to) in new[] { (0, "b"), (1, "a"), (1, "c") })
        {
            // What is best effort needs a connection.
            await nodes[from].SendAsync(MemberId.Parse(to), "hello"u8.ToArray(), Profile.Control, "connect");
        }

        for (var number = 0; number < 20; number++)
        {
            await nodes[0].SendAsync(MemberId.Parse("b"), "to b"u8.ToArray(), Profile.Durable, "t");
        }

        Assert.Equal(20, (await DurableMesh.TakeAsync(b, 20)).Length);
        await nodes[1].BroadcastAsync("to all"u8.ToArray(), Profile.Durable, "t");
        Assert.Equal(["to all"], await DurableMesh.TakeAsync(b, 1));
        Assert.Equal(["to all"], await DurableMesh.TakeAsync(c, 1));

        MeshOptions Options(string name, params MeshNode[] seeds)
        {
            var options = _mesh.Options(name, seeds);
            options.Backends.Iggy.PollInterval = TimeSpan.FromHours(1);
            return options;
        }
    }

    [Fact]
    public async Task A_durable_message_waits_for_a_subscriber_though_consensus_groups_listen()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        await using var consensus = new RaftTransport(nodes[1]);

        await nodes[0].SendAsync(MemberId.Parse("b"), "early"u8.ToArray(), Profile.Durable, "t");
        await MeshFixture.Eventually("b was told", () => nodes[1].Metrics.ToPrometheusText().Contains("chirps_messages_received_total{profile=\"ephemeral\"} 1", StringComparison.Ordinal));
        using var late = nodes[1].Subscribe("t");

        Assert.Equal(["early"], await DurableMesh.TakeAsync(late, 1));
    }

    [Fact]
    public async Task A_receiver_learns_sender_profile_and_id()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), "x"u8.ToArray(), Profile.Durable, "t");
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        using var message = await subscription.Messages.ReadAsync(patience.Token);

        Assert.Equal((MemberId.Parse("a"), Profile.Durable, result.MessageId, "t"), (message.From, message.Profile, message.MessageId, message.Topic));
    }

    [Fact]
    public async Task A_node_that_was_away_reads_what_it_missed_and_nothing_twice()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        var before = nodes[1].Subscribe("t");
        await nodes[0].BroadcastAsync("seen"u8.ToArray(), Profile.Durable, "t");
        Assert.Equal(["seen"], await DurableMesh.TakeAsync(before, 1));
        await MeshFixture.Eventually("b has stored how far it read", () => nodes[1].Metrics.ToPrometheusText().Contains("chirps_durable_lag_broadcast 0", StringComparison.Ordinal));
        await nodes[1].LeaveAsync();
        await nodes[1].DisposeAsync();

        await nodes[0].BroadcastAsync("missed"u8.ToArray(), Profile.Durable, "t");
        await nodes[0].SendAsync(MemberId.Parse("b"), "for b"u8.ToArray(), Profile.Durable, "t");
        var back = await _mesh.StartAsync(_mesh.Options("b", nodes[0]));
        using var after = back.Subscribe("t");

        Assert.Equal(["for b", "missed"], (await DurableMesh.TakeAsync(after, 2)).Order());
    }

    [Fact]
    public async Task A_message_sent_again_under_its_id_is_stored_once()
    {
        var nodes = await _mesh.StartAsync("a");
        using var subscription = nodes[0].Subscribe("t");
        var settings = new SendSettings(MessageId: Guid.NewGuid());

        var first = await nodes[0].BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t", settings);
        var again = await nodes[0].BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t", settings);
        await nodes[0].BroadcastAsync("last"u8.ToArray(), Profile.Durable, "t");

        Assert.Equal(first.Stored, again.Stored);
        Assert.Equal(["x", "last"], await DurableMesh.TakeAsync(subscription, 2));
    }

    [Fact]
    public async Task Messages_sent_without_waiting_keep_their_order()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");
        var texts = Enumerable.Range(0, 2000).Select(number => $"{number}").ToArray();

        var results = await Task.WhenAll(texts.Select(text => nodes[0].BroadcastAsync(Encoding.UTF8.GetBytes(text), Profile.Durable, "t", new SendSettings(Deadline: MeshFixture.Patience)).AsTask()));

        Assert.All(results, result => Assert.Equal(Outcome.Persisted, result.Stored!.Value.Outcome));
        Assert.Equal(Enumerable.Range(0, 2000).Select(number => (ulong?)number), results.Select(result => result.Stored!.Value.Offset));
        Assert.Equal(texts, await DurableMesh.TakeAsync(subscription, texts.Length));
    }

    [Fact]
    public async Task What_certainly_cannot_be_stored_is_rejected()
    {
        var options = _mesh.Options("a");
        options.Limits.DurableBytes = 10;
        var node = await _mesh.StartAsync(options);
        await _mesh.ReachesServer(node);

        Assert.Equal(FailureReason.UnknownNode, (await node.SendAsync(MemberId.Parse("nobody"), default, Profile.Durable, "t")).Reason);
        Assert.Equal(FailureReason.TooLarge, (await node.BroadcastAsync(new byte[11], Profile.Durable, "t")).Stored!.Value.Reason);
        Assert.Equal(Outcome.Persisted, (await node.BroadcastAsync(new byte[10], Profile.Durable, "t")).Stored!.Value.Outcome);
        await Assert.ThrowsAsync<ArgumentException>(() => node.BroadcastAsync(default, Profile.Durable, "t", new SendSettings(OrderingKey: "")).AsTask());
    }

    [Fact]
    public async Task Of_several_hosts_the_lowest_node_id_counts()
    {
        var nodes = await _mesh.StartAsync("b", "c");
        Assert.Equal(MemberId.Parse("b"), _mesh.Link(nodes[1]).Host);

        var other = await _mesh.StartAsync(_mesh.Options("a"));
        await other.JoinAsync([nodes[0].Membership.Self.Address.ToString()]);

        await MeshFixture.Eventually("all use the server of a", () => nodes.Append(other).All(node => _mesh.Link(node).Host == MemberId.Parse("a")));
    }

    [Fact]
    public async Task The_host_counts_what_its_server_writes()
    {
        var nodes = await _mesh.StartAsync("a", "b");

        for (var number = 0; number < 3; number++)
        {
            await nodes[1].BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t");
        }

        var text = nodes[0].Metrics.ToPrometheusText();
        Assert.Contains("chirps_server_connections 2\n", text, StringComparison.Ordinal);
        Assert.InRange(Metric(text, "chirps_server_messages_total"), 3, long.MaxValue);
        Assert.InRange(Metric(text, "chirps_server_written_bytes_total"), 3 * 64, long.MaxValue);
        Assert.InRange(Metric(text, "chirps_server_commits_total"), 3, long.MaxValue);
        Assert.InRange(Metric(text, "chirps_server_sync_duration_seconds_count"), 3, long.MaxValue);
        Assert.InRange(Metric(nodes[1].Metrics.ToPrometheusText(), "chirps_durable_publish_duration_seconds_count"), 3, 3);
        Assert.DoesNotContain("chirps_server", nodes[1].Metrics.ToPrometheusText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_the_server_is_the_nodes_own_key()
    {
        var nodes = await _mesh.StartAsync("a");

        await Assert.ThrowsAsync<ArgumentException>(() => nodes[0].SetStateAsync(MeshNode.IggyAddressKey, "x"u8.ToArray()));
    }

    private static long Metric(string text, string name)
        => long.Parse(text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
