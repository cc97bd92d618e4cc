using System.Text;
using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

public sealed class MeshNodeTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_control_message_is_delivered_with_its_sender_topic_and_bytes()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("orders");

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), "hello"u8.ToArray(), Profile.Control, "orders");
        using var message = await subscription.Messages.ReadAsync(Soon());

        Assert.Equal(Outcome.Delivered, result.Outcome);
        Assert.Equal((result.MessageId, "a", "orders", Profile.Control), (message.MessageId, message.From.ToString(), message.Topic, message.Profile));
        Assert.Equal("hello", Encoding.UTF8.GetString(message.Payload.Span));
    }

    [Fact]
    public async Task Control_messages_arrive_once_and_in_order_in_both_directions()
    {
        const int count = 5000;
        var nodes = await _mesh.StartAsync("a", "b");
        using var atA = nodes[0].Subscribe("n");
        using var atB = nodes[1].Subscribe("n");

        var sends = Enumerable.Range(0, count).SelectMany(number => new[]
        {
            nodes[0].SendAsync(MemberId.Parse("b"), BitConverter.GetBytes(number), Profile.Control, "n").AsTask(),
            nodes[1].SendAsync(MemberId.Parse("a"), BitConverter.GetBytes(number), Profile.Control, "n").AsTask(),
        }).ToList();
        var results = await Task.WhenAll(sends).WaitAsync(MeshFixture.Patience);

        Assert.All(results, result => Assert.Equal(Outcome.Delivered, result.Outcome));
        Assert.Equal(Enumerable.Range(0, count), atA.Drain());
        Assert.Equal(Enumerable.Range(0, count), atB.Drain());
    }

    [Fact]
    public async Task Both_peers_dialling_at_the_same_moment_end_with_one_connection_and_no_loss()
    {
        var first = await _mesh.StartAsync(_mesh.Options("a"));
        var second = await _mesh.StartAsync(_mesh.Options("b"));
        await Task.WhenAll(
            first.JoinAsync([second.Membership.Self.Address.ToString()]),
            second.JoinAsync([first.Membership.Self.Address.ToString()]));
        await MeshFixture.Eventually("both know each other", () => first.Membership.Members.Count == 2 && second.Membership.Members.Count == 2);
        using var atA = first.Subscribe("n");
        using var atB = second.Subscribe("n");

        var results = await Task.WhenAll(Enumerable.Range(0, 500).SelectMany(number => new[]
        {
            first.SendAsync(MemberId.Parse("b"), BitConverter.GetBytes(number), Profile.Control, "n").AsTask(),
            second.SendAsync(MemberId.Parse("a"), BitConverter.GetBytes(number), Profile.Control, "n").AsTask(),
        })).WaitAsync(MeshFixture.Patience);

        Assert.All(results, result => Assert.Equal(Outcome.Delivered, result.Outcome));
        Assert.Equal(Enumerable.Range(0, 500), atA.Drain());
        Assert.Equal(Enumerable.Range(0, 500), atB.Drain());
        await MeshFixture.Eventually("one connection is left", () => first.Report().Connections == 1 && second.Report().Connections == 1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60 * 1024)]
    public async Task An_ephemeral_message_travels_as_a_datagram_or_on_a_stream_of_its_own(int bytes)
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("e");

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), new byte[bytes], Profile.Ephemeral, "e");
        using var message = await subscription.Messages.ReadAsync(Soon());

        Assert.Equal(Outcome.Sent, result.Outcome);
        Assert.Equal((Profile.Ephemeral, bytes, result.MessageId), (message.Profile, message.Payload.Length, message.MessageId));
    }

    [Fact]
    public async Task What_certainly_did_not_go_out_is_rejected_with_its_reason()
    {
        var options = _mesh.Options("a");
        options.Limits.ControlBytes = 100;
        options.Limits.EphemeralBytes = 50;
        var node = await _mesh.StartAsync(options);
        var other = await _mesh.StartAsync(_mesh.Options("b", node.Membership.Self.Address.ToString()));
        await MeshFixture.Eventually("a knows b", () => node.Membership.Members.Count == 2);
        using var subscription = other.Subscribe("t");
        var b = MemberId.Parse("b");

        Assert.Equal(FailureReason.UnknownNode, (await node.SendAsync(MemberId.Parse("nobody"), default, Profile.Control, "t")).Reason);
        Assert.Equal(FailureReason.NoRoute, (await node.SendAsync(b, default, Profile.Durable, "t")).Reason);
        Assert.Equal(FailureReason.TooLarge, (await node.SendAsync(b, new byte[101], Profile.Control, "t")).Reason);
        Assert.Equal(FailureReason.TooLarge, (await node.SendAsync(b, new byte[51], Profile.Ephemeral, "t")).Reason);
        Assert.Equal(Outcome.Delivered, (await node.SendAsync(b, new byte[100], Profile.Control, "t")).Outcome);
        Assert.Equal(Outcome.Delivered, (await node.SendAsync(b, default, Profile.Control, "t")).Outcome);
    }

    [Fact]
    public async Task A_payload_above_the_receivers_limit_is_rejected_by_the_sender()
    {
        var small = _mesh.Options("small");
        small.Limits.ControlBytes = 1000;
        var receiver = await _mesh.StartAsync(small);
        var sender = await _mesh.StartAsync(_mesh.Options("large", receiver.Membership.Self.Address.ToString()));
        await MeshFixture.Eventually("they know each other", () => sender.Membership.Members.Count == 2);
        using var subscription = receiver.Subscribe("t");

        Assert.Equal(FailureReason.TooLarge, (await sender.SendAsync(MemberId.Parse("small"), new byte[1001], Profile.Control, "t")).Reason);
        Assert.Equal(Outcome.Delivered, (await sender.SendAsync(MemberId.Parse("small"), new byte[1000], Profile.Control, "t")).Outcome);
    }

    [Fact]
    public async Task Without_a_subscriber_the_sender_is_told()
    {
        var nodes = await _mesh.StartAsync("a", "b");

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), "x"u8.ToArray(), Profile.Control, "nobody-listens");

        Assert.Equal((Outcome.Rejected, FailureReason.NoSubscriber), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task A_slow_subscriber_loses_its_own_messages_and_nobody_elses()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var slow = nodes[1].Subscribe("t", capacity: 10);
        using var fast = nodes[1].Subscribe("t", capacity: 1000);

        for (var number = 0; number < 100; number++)
        {
            Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(MemberId.Parse("b"), BitConverter.GetBytes(number), Profile.Control, "t")).Outcome);
        }

        Assert.Equal((10, 90), (slow.Received, slow.Dropped));
        Assert.Equal((100, 0), (fast.Received, fast.Dropped));
        Assert.Equal(Enumerable.Range(0, 10), slow.Drain());
    }

    [Fact]
    public async Task When_every_queue_of_the_topic_is_full_the_sender_is_told_which_message_was_lost()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var full = nodes[1].Subscribe("t", capacity: 1);

        var first = await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");
        var second = await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");

        Assert.Equal(Outcome.Delivered, first.Outcome);
        Assert.Equal((Outcome.Rejected, FailureReason.SubscriberFull), (second.Outcome, second.Reason));
    }

    [Fact]
    public async Task A_message_to_oneself_goes_to_the_own_subscribers()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        using var subscription = node.Subscribe(MeshSubscription.AllTopics);

        var result = await node.SendAsync(MemberId.Parse("a"), "me"u8.ToArray(), Profile.Control, "t");
        using var message = await subscription.Messages.ReadAsync(Soon());

        Assert.Equal((Outcome.Delivered, result.MessageId), (result.Outcome, message.MessageId));
    }

    [Fact]
    public async Task A_broadcast_reports_the_outcome_of_every_member()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");
        using var atB = nodes[1].Subscribe("t");

        var results = await nodes[0].BroadcastAsync("x"u8.ToArray(), Profile.Control, "t");

        Assert.Equal(
            [("b", Outcome.Delivered, FailureReason.None), ("c", Outcome.Rejected, FailureReason.NoSubscriber)],
            results.Members.Select(one => (one.Member.ToString(), one.Result.Outcome, one.Result.Reason)).Order());
    }

    [Fact]
    public async Task A_silent_death_is_found_by_both_survivors_and_sends_to_it_are_rejected()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");
        using var feed = nodes[0].WatchMembership();

        await nodes[2].DisposeAsync();
        await MeshFixture.Eventually("a and b hold c dead", () => nodes[..2].All(node => node.Membership.Count(MemberStatus.Dead) == 1));
        var result = await nodes[0].SendAsync(MemberId.Parse("c"), default, Profile.Control, "t");

        Assert.Equal(FailureReason.NodeDead, result.Reason);
        var seen = new List<MemberStatus>();
        while (feed.Changes.TryRead(out var record))
        {
            seen.Add(record.Change.NewStatus);
        }

        Assert.Equal([MemberStatus.Suspect, MemberStatus.Dead], seen);
        Assert.Equal(seen, nodes[0].History(MemberId.Parse("c")).Select(record => record.Change.NewStatus).Where(status => status != MemberStatus.Alive));
    }

    [Fact]
    public async Task A_send_that_was_not_acknowledged_before_the_peer_died_is_unknown()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");
        Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t")).Outcome);

        await nodes[1].DisposeAsync();
        var result = await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t", new SendSettings(TimeSpan.FromMilliseconds(300)));

        Assert.Contains(result.Outcome, new[] { Outcome.Unknown, Outcome.Rejected });
        Assert.NotEqual(FailureReason.UnknownNode, result.Reason);
    }

    [Fact]
    public async Task A_node_that_leaves_is_left_and_sends_nothing_more()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");

        await nodes[2].LeaveAsync();
        await MeshFixture.Eventually("the others see it left", () => nodes[..2].All(node => node.Membership.Count(MemberStatus.Left) == 1));
        var result = await nodes[2].SendAsync(MemberId.Parse("a"), default, Profile.Control, "t");

        Assert.Equal(FailureReason.Stopping, result.Reason);
        Assert.All(nodes[..2], node => Assert.Equal(0, node.Membership.Count(MemberStatus.Dead)));
    }

    [Fact]
    public async Task A_node_that_comes_back_has_a_higher_generation_and_is_alive_at_once()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        var before = nodes[1].Membership.Self.Generation;
        await nodes[1].DisposeAsync();

        var again = await _mesh.StartAsync(_mesh.Options("b", nodes[0].Membership.Self.Address.ToString()));
        await MeshFixture.Eventually("a sees the new b", () => nodes[0].Membership.TryGet(MemberId.Parse("b"), out var b) && b.Generation == again.Membership.Self.Generation && b.Status == MemberStatus.Alive);
        using var subscription = again.Subscribe("t");
        var result = await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");

        Assert.True(again.Membership.Self.Generation.Value > before.Value);
        Assert.Equal(Outcome.Delivered, result.Outcome);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_of_a_send()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var cancellation = new CancellationTokenSource();
        await nodes[1].DisposeAsync();
        await MeshFixture.Eventually("the connection is gone", () => nodes[0].Report().Connections == 0);

        var send = nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t", new SendSettings(TimeSpan.FromMinutes(1)), cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send.WaitAsync(MeshFixture.Patience));
    }

    [Fact]
    public async Task A_bad_topic_is_the_callers_mistake()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));

        await Assert.ThrowsAsync<ArgumentException>(async () => await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, ""));
        await Assert.ThrowsAsync<ArgumentException>(async () => await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, new string('t', 256)));
        Assert.Equal(FailureReason.NoSubscriber, (await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, new string('t', 255))).Reason);
    }

    private static CancellationToken Soon() => new CancellationTokenSource(MeshFixture.Patience).Token;
}
