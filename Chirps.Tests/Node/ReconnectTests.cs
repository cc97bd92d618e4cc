using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>What becomes of Control messages when connections end under them.</summary>
public sealed class ReconnectTests : IAsyncLifetime
{
    /// <summary>Any code that is not one of the node's own: the peer must take it for a loss.</summary>
    private const ulong Lost = 77;

    private static readonly MemberId _a = MemberId.Parse("a");
    private static readonly MemberId _b = MemberId.Parse("b");

    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public async Task Messages_survive_lost_connections_once_and_in_order(int seed, int lane)
    {
        const int count = 4000;
        const int losses = 12;
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var atA = nodes[0].Subscribe("n");
        using var atB = nodes[1].Subscribe("n");
        var random = new Random(seed);
        var settings = new SendSettings(MeshFixture.Patience, Lane: lane);

        var sends = new List<Task<SendResult>>();
        for (var number = 0; number < count; number++)
        {
            sends.Add(nodes[0].SendAsync(_b, BitConverter.GetBytes(number), Profile.Control, "n", settings).AsTask());
            sends.Add(nodes[1].SendAsync(_a, BitConverter.GetBytes(number), Profile.Control, "n", settings).AsTask());
            if (number % (count / losses) == count / losses / 2)
            {
                Lose(nodes[random.Next(2)], random.Next(2) == 0 ? _a : _b);
                await Task.Yield();
            }
        }

        var results = await Task.WhenAll(sends).WaitAsync(MeshFixture.Patience);

        Assert.All(results, result => Assert.Equal((Outcome.Delivered, FailureReason.None), (result.Outcome, result.Reason)));
        Assert.Equal(Enumerable.Range(0, count), atA.Drain());
        Assert.Equal(Enumerable.Range(0, count), atB.Drain());
        Assert.Contains(nodes, node => Metric(node, "chirps_retransmits_total") > 0);
    }

    [Fact]
    public async Task A_lost_connection_changes_no_refusal()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var full = nodes[1].Subscribe("full", capacity: 1);
        using var open = nodes[1].Subscribe("open", capacity: 10_000);
        var settings = new SendSettings(MeshFixture.Patience, Lane: 2);
        await nodes[0].SendAsync(_b, default, Profile.Control, "full", settings);

        var sends = new List<Task<SendResult>>();
        for (var number = 0; number < 3000; number++)
        {
            sends.Add(nodes[0].SendAsync(_b, BitConverter.GetBytes(number), Profile.Control, number % 3 == 0 ? "full" : "open", settings).AsTask());
            if (number % 500 == 250)
            {
                Lose(nodes[number / 500 % 2], number / 500 % 2 == 0 ? _b : _a);
            }
        }

        var results = await Task.WhenAll(sends).WaitAsync(MeshFixture.Patience);

        Assert.Equal(1000, results.Count(result => result is { Outcome: Outcome.Rejected, Reason: FailureReason.SubscriberFull }));
        Assert.Equal(Enumerable.Range(0, 3000).Where(number => number % 3 != 0), open.Drain());
        Assert.Equal(2000, results.Count(result => result.Outcome == Outcome.Delivered));
    }

    [Fact]
    public async Task What_a_restarted_peer_may_have_had_is_unknown_and_what_follows_reaches_the_new_process()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var before = nodes[1].Subscribe("n");
        Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(_b, default, Profile.Control, "n")).Outcome);
        var address = nodes[1].Membership.Self.Address;
        nodes[1].Connections.Link(_a).Session!.Connection.State = null; // deaf: what comes now is not acknowledged
        var unknown = nodes[0].SendAsync(_b, default, Profile.Control, "n", new SendSettings(MeshFixture.Patience)).AsTask();

        await nodes[1].DisposeAsync();
        var options = Options("b", nodes[0].Membership.Self.Address.ToString());
        options.Mesh.ListenAddress = address.ToString();
        var again = await _mesh.StartAsync(options);
        using var after = again.Subscribe("n");

        var result = await unknown.WaitAsync(MeshFixture.Patience);
        Assert.Equal(Outcome.Unknown, result.Outcome);
        Assert.Contains(result.Reason, new[] { FailureReason.PeerRestarted, FailureReason.NodeDead });
        await MeshFixture.Eventually("the new process is known", () => nodes[0].Membership.TryGet(_b, out var b) && b.Generation == again.Membership.Self.Generation);
        Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(_b, BitConverter.GetBytes(7), Profile.Control, "n")).Outcome);
        Assert.Equal([7], after.Drain());
    }

    [Fact]
    public async Task A_message_sent_again_under_its_own_id_is_handed_over_once()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        var settings = new SendSettings(MessageId: Guid.NewGuid());
        Assert.Equal(FailureReason.NoSubscriber, (await nodes[0].SendAsync(_b, BitConverter.GetBytes(1), Profile.Control, "n", settings)).Reason);
        using var subscription = nodes[1].Subscribe("n");

        var first = await nodes[0].SendAsync(_b, BitConverter.GetBytes(2), Profile.Control, "n", settings);
        Lose(nodes[0], _b);
        var second = await nodes[0].SendAsync(_b, BitConverter.GetBytes(3), Profile.Control, "n", settings);

        Assert.Equal((Outcome.Delivered, Outcome.Delivered), (first.Outcome, second.Outcome));
        Assert.Equal(settings.MessageId, second.MessageId);
        Assert.Equal([2], subscription.Drain());
        Assert.InRange(Metric(nodes[1], "chirps_duplicates_total"), 1, 2); // the lost connection may have brought it twice as well
    }

    [Fact]
    public async Task A_connection_that_another_replaces_is_no_evidence_against_the_peer()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        var before = nodes[0].Connections.Link(_b).Session!;

        var dialler = before.Connection.IsOutgoing ? nodes[0] : nodes[1];
        dialler.Connections.Redial(dialler.Membership.Self.Id == _a ? _b : _a);

        await MeshFixture.Eventually("a newer connection took over", () => nodes.All(node => node.Report().Connections == 1)
            && nodes[0].Connections.Link(_b).Session is { } now && now != before);
        Assert.All(nodes, node => Assert.DoesNotContain(node.History(_a).Concat(node.History(_b)), record => record.Change.NewStatus == MemberStatus.Suspect));
    }

    internal static long Metric(MeshNode node, string name)
        => long.Parse(node.Metrics.ToPrometheusText().Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], null);

    private static void Lose(MeshNode node, MemberId peer)
        => node.Connections.Link(peer == node.Membership.Self.Id ? (peer == _a ? _b : _a) : peer).Session?.Connection.Close(Lost, "lost");

    private MeshOptions Options(string name, params string[] seeds)
    {
        var options = _mesh.Options(name, seeds);
        options.Backends.Quic.ReconnectFirst = TimeSpan.FromMilliseconds(20);
        return options;
    }
}
