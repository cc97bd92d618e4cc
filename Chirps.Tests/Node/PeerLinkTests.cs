using System.Diagnostics.Metrics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Node.Links;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Node;

/// <summary>Whose messages a node counts where, before and after the handshake of their connection is done.</summary>
public sealed class PeerLinkTests : IDisposable
{
    private const ulong Own = 500;
    private const ulong Peer = 100;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeshMetrics _metrics;
    private readonly PeerLink _link;

    public PeerLinkTests()
    {
        _metrics = new MeshMetrics(_services.GetRequiredService<IMeterFactory>());
        _link = new PeerLink(MemberId.Parse("a"), MemberId.Parse("b"), idHigh: 1, new LinkSettings(Own, 4, new LimitOptions(), _metrics, _ => { }));
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_repeated_first_flight_begins_nothing()
    {
        Assert.Null(Open(confirmed: false));
        Assert.Null(Open(confirmed: false, first: 5));
        var receiver = Open(confirmed: true)!;
        Assert.Equal(LaneReceipt.Next, receiver.Take(1));

        Assert.Null(Open(confirmed: false, epoch: 2));
        Assert.Null(Open(confirmed: false, generation: Peer + 1));
        Assert.Null(Open(confirmed: false, lane: 3));
        Assert.Equal((1UL, 1UL), (receiver.Epoch, receiver.Received));
    }

    [Fact]
    public void Early_data_that_continues_a_known_lane_is_taken_once()
    {
        Open(confirmed: true)!.Take(1);

        var early = Open(confirmed: false, first: 1)!;

        Assert.Equal((LaneReceipt.Duplicate, LaneReceipt.Next), (early.Take(1), early.Take(2)));
        Assert.Equal(LaneReceipt.Duplicate, Open(confirmed: false, first: 1)!.Take(2));
    }

    [Fact]
    public void What_is_meant_for_another_process_of_this_node_is_not_taken()
    {
        Assert.Null(Open(confirmed: true, meant: Own - 1));
        Assert.NotNull(Open(confirmed: true, meant: Own));
        Assert.NotNull(Open(confirmed: true, meant: 0));
    }

    [Fact]
    public void A_new_process_of_the_peer_begins_anew_and_the_old_one_is_ignored()
    {
        Open(confirmed: true)!.Take(1);

        Assert.Equal(0UL, Open(confirmed: true, generation: Peer + 1)!.Received);
        Assert.Null(_link.Receiver(Opening(), confirmed: true, out var continuation));
        Assert.Equal(LaneContinuation.Stale, continuation);
    }

    private static LaneOpening Opening(int lane = 0, ulong generation = Peer, ulong meant = 0, ulong epoch = 1, ulong first = 1)
        => new((byte)lane, generation, meant, epoch, first, 64);

    private LaneReceiver? Open(bool confirmed, int lane = 0, ulong generation = Peer, ulong meant = 0, ulong epoch = 1, ulong first = 1)
        => _link.Receiver(Opening(lane, generation, meant, epoch, first), confirmed, out _);
}
