using System.Text;
using Chirps.Iggy.Durable;
using Chirps.Node;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Backend;

public sealed class OutboxTests : IAsyncLifetime
{
    private readonly DurableMesh _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task Without_a_server_messages_wait_in_the_outbox_over_a_restart_and_arrive_in_order()
    {
        var host = _mesh.Options("host");
        var seed = await _mesh.StartAsync(host);
        var seeds = new[] { seed.Membership.Self.Address.ToString() };
        await seed.DisposeAsync();
        var options = _mesh.Options("a");
        options.Mesh.Seeds.Nodes = seeds;
        var alone = await _mesh.StartAsync(options);
        var first = await Broadcast(alone, 0, 20);
        await alone.DisposeAsync();
        var again = await _mesh.StartAsync(options);
        var second = await Broadcast(again, 20, 40);
        Assert.Contains("chirps_outbox_depth 40\n", again.Metrics.ToPrometheusText(), StringComparison.Ordinal);

        var back = await _mesh.StartAsync(_mesh.Options("host"));
        using var subscription = back.Subscribe("t");
        await again.JoinAsync([back.Membership.Self.Address.ToString()]);

        Assert.All(first.Concat(second), outcome => Assert.Equal(Outcome.Queued, outcome));
        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"{number}"), await DurableMesh.TakeAsync(subscription, 40));
        await MeshFixture.Eventually("the outbox is empty and says so", () => again.Metrics.ToPrometheusText().Contains("chirps_outbox_depth 0\n", StringComparison.Ordinal));
        Assert.Contains("chirps_outbox_delivered_total 40\n", again.Metrics.ToPrometheusText(), StringComparison.Ordinal);
        Assert.Equal(40, subscription.Received);
    }

    [Theory]
    [InlineData(3, 1 << 20)]
    [InlineData(100, 700)]
    public async Task A_full_outbox_rejects_and_keeps_what_it_has(int messages, int bytes)
    {
        var options = _mesh.Options("a");
        options.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        options.Backends.Iggy.OutboxMessages = messages;
        options.Backends.Iggy.OutboxBytes = bytes;
        var node = await _mesh.StartAsync(options);

        var outcomes = await Broadcast(node, 0, 4);

        Assert.Equal([Outcome.Queued, Outcome.Queued, Outcome.Queued, Outcome.Rejected], outcomes);
        Assert.Equal(FailureReason.OutboxFull, (await node.BroadcastAsync("x"u8.ToArray(), Profile.Durable, "t")).Stored!.Value.Reason);
    }

    [Fact]
    public async Task A_server_lost_and_back_under_load_loses_nothing_confirmed_and_keeps_the_order()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var stop = new CancellationTokenSource();
        var confirmed = new List<string>();
        var publishing = PublishAsync(nodes[1], confirmed, stop.Token);
        await MeshFixture.Eventually("some are stored", () => Confirmed(confirmed) >= 50);

        await nodes[0].DisposeAsync();
        var lost = Confirmed(confirmed);
        await MeshFixture.Eventually("some go to the outbox", () => Confirmed(confirmed) >= lost + 50);
        var options = _mesh.Options("a");
        options.Mesh.ListenAddress = nodes[0].Membership.Self.Address.ToString();
        var back = await _mesh.StartAsync(options);
        using var subscription = back.Subscribe("t");
        await MeshFixture.Eventually("the outbox was emptied", () => nodes[1].Metrics.ToPrometheusText().Contains("chirps_outbox_depth 0\n", StringComparison.Ordinal));
        await stop.CancelAsync();
        await publishing;
        await MeshFixture.Eventually("the rest of the outbox was emptied", () => nodes[1].Metrics.ToPrometheusText().Contains("chirps_outbox_depth 0\n", StringComparison.Ordinal));

        var seen = new List<string>();
        while (seen.LastOrDefault() != confirmed[^1])
        {
            seen.AddRange(await DurableMesh.TakeAsync(subscription, 1));
        }

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        Assert.Empty(confirmed.Except(seen));
    }

    [Fact]
    public async Task Who_watches_the_outbox_learns_what_became_of_each_queued_message()
    {
        var options = _mesh.Options("a");
        options.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        var node = await _mesh.StartAsync(options);
        using var feed = _mesh.Channels(node).WatchOutbox();
        var queued = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            var receipt = await _mesh.Channels(node).PublishAsync("orders", "x"u8.ToArray(), new PublishSettings("k"));
            Assert.Equal(Outcome.Queued, receipt.Outcome);
            queued.Add(receipt.MessageId);
        }

        var host = await _mesh.StartAsync(_mesh.Options("host"));
        await node.JoinAsync([host.Membership.Self.Address.ToString()]);

        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var delivered = await feed.Changes.ReadAsync(patience.Token);
        Assert.Equal((OutboxChangeKind.Delivered, "orders", 0, false), (delivered.Kind, delivered.Channel, delivered.Waiting, delivered.Missed));
        Assert.Equal(queued, delivered.MessageIds);
        Assert.Equal([0ul, 1, 2, 3, 4], delivered.Offsets);
        Assert.Equal(OutboxChangeKind.Emptied, (await feed.Changes.ReadAsync(patience.Token)).Kind);
    }

    private static async Task<Outcome[]> Broadcast(MeshNode node, int from, int to)
    {
        var results = await Task.WhenAll(Enumerable.Range(from, to - from).Select(number => node.BroadcastAsync(Encoding.UTF8.GetBytes($"{number}"), Profile.Durable, "t").AsTask()));
        return [.. results.Select(result => result.Stored!.Value.Outcome)];
    }

    private static async Task PublishAsync(MeshNode node, List<string> confirmed, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var text = $"{number:D8}";
            var result = (await node.BroadcastAsync(Encoding.UTF8.GetBytes(text), Profile.Durable, "t", cancellationToken: CancellationToken.None)).Stored!.Value;
            lock (confirmed)
            {
                if (result.Outcome is Outcome.Persisted or Outcome.Queued)
                {
                    confirmed.Add(text);
                }
            }
        }
    }

    private static int Confirmed(List<string> confirmed)
    {
        lock (confirmed)
        {
            return confirmed.Count;
        }
    }
}
