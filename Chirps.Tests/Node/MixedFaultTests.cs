using System.Collections.Concurrent;
using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>Everything that can go wrong with Control messages, at once: what the receipts say stays true.</summary>
public sealed class MixedFaultTests : IAsyncLifetime
{
    private const int Count = 6000;
    private const int LanesUsed = 3;

    private static readonly MemberId _b = MemberId.Parse("b");

    private readonly MeshFixture _mesh = new();
    private readonly List<int>[] _received = [.. Enumerable.Range(0, LanesUsed).Select(_ => new List<int>())];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Receipts_are_true_through_losses_restarts_cancellations_and_full_queues(int seed)
    {
        var random = new Random(seed);
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        var (a, b) = (nodes[0], nodes[1]);
        var address = b.Membership.Self.Address;
        var subscriptions = Subscribe(b);
        var outcomes = new ConcurrentDictionary<int, (Outcome Outcome, FailureReason Reason)>();
        var sends = new List<Task>();
        for (var number = 0; number < Count; number++)
        {
            sends.Add(Send(a, number, random, outcomes));
            if (random.Next(400) == 0)
            {
                a.Connections.Link(_b).Session?.Connection.Close(77, "lost");
            }

            if (random.Next(50) == 0)
            {
                await Task.Yield();
                Drain(subscriptions); // until then its small queues are full
            }

            if (number % (Count / 3) == Count / 6)
            {
                // Only what has not left the process may be lost with it: a subscriber that took a message has it.
                b.Connections.Link(MemberId.Parse("a")).Session?.Connection.Close(77, "lost");
                await b.DisposeAsync();
                Drain(subscriptions);
                b = await _mesh.StartAsync(Again(a, address));
                subscriptions = Subscribe(b);
            }
        }

        while (!Task.WhenAll(sends).IsCompleted)
        {
            Drain(subscriptions);
            await Task.Yield();
        }

        await Task.WhenAll(sends);
        Drain(subscriptions);
        var counts = _received.SelectMany(numbers => numbers).CountBy(number => number).ToDictionary();
        Assert.All(_received, numbers => Assert.Equal(numbers.Order(), numbers));
        Assert.All(outcomes, entry => Assert.InRange(counts.GetValueOrDefault(entry.Key), entry.Value.Outcome == Outcome.Delivered ? 1 : 0, entry.Value.Outcome == Outcome.Rejected ? 0 : 1));
        Assert.Equal(Count, outcomes.Count);
        Assert.Superset(new HashSet<Outcome> { Outcome.Delivered, Outcome.Rejected, Outcome.Unknown }, outcomes.Values.Select(value => value.Outcome).ToHashSet());
    }

    private static async Task Send(MeshNode node, int number, Random random, ConcurrentDictionary<int, (Outcome, FailureReason)> outcomes)
    {
        var settings = new SendSettings(MeshFixture.Patience, NoWait: random.Next(10) == 0, Lane: number % LanesUsed);
        using var cancellation = new CancellationTokenSource();
        var sending = node.SendAsync(_b, BitConverter.GetBytes(number), Profile.Control, $"lane-{number % LanesUsed}", settings, cancellation.Token).AsTask();
        if (random.Next(30) == 0)
        {
            await cancellation.CancelAsync();
        }

        try
        {
            var result = await sending.WaitAsync(MeshFixture.Patience + MeshFixture.Patience, CancellationToken.None);
            outcomes[number] = (result.Outcome, result.Reason);
        }
        catch (OperationCanceledException)
        {
            outcomes[number] = (Outcome.Unknown, FailureReason.None);
        }
    }

    private static MeshSubscription[] Subscribe(MeshNode node) => [.. Enumerable.Range(0, LanesUsed).Select(lane => node.Subscribe($"lane-{lane}", capacity: 200))];

    private void Drain(MeshSubscription[] subscriptions)
    {
        for (var lane = 0; lane < LanesUsed; lane++)
        {
            _received[lane].AddRange(subscriptions[lane].Drain());
        }
    }

    private MeshOptions Again(MeshNode seed, MemberAddress address)
    {
        var options = Options("b");
        options.Mesh.Seeds.Nodes = [seed.Membership.Self.Address.ToString()];
        options.Mesh.ListenAddress = address.ToString();
        return options;
    }

    private MeshOptions Options(string name)
    {
        var options = _mesh.Options(name);
        options.Backends.Quic.ReconnectFirst = TimeSpan.FromMilliseconds(20);
        options.Limits.ControlWindow = 256;
        options.Limits.ControlWaiting = 2000;
        return options;
    }
}
