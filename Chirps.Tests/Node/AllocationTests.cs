using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>Runs alone: it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int Messages = 20_000;

    [Fact]
    public async Task A_control_message_costs_no_garbage_on_either_side()
    {
        await using var mesh = new MeshFixture();
        var nodes = await mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");
        _ = Task.Run(() => Drain(subscription));
        await Task.Run(() => Send(nodes[0], Messages));

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Run(() => Send(nodes[0], Messages));
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Messages;

        // On the pool: the test's own context would allocate for each continuation. An object per message would be 24 bytes at the least; timers, membership and the pool account for the rest.
        Assert.InRange(perMessage, 0, 16);
    }

    private static async Task Send(MeshNode node, int count)
    {
        var target = MemberId.Parse("b");
        var payload = new byte[256];
        var delivered = 0;
        for (var sent = 0; sent < count; sent++)
        {
            // The assertion's own comparison would allocate.
            var result = await node.SendAsync(target, payload, Profile.Control, "t");
            delivered += result.Outcome == Outcome.Delivered ? 1 : 0;
        }

        Assert.Equal(count, delivered);
    }

    private static async Task Drain(MeshSubscription subscription)
    {
        while (true)
        {
            (await subscription.Messages.ReadAsync()).Dispose();
        }
    }
}
