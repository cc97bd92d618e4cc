using Chirps.Engine.Membership;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

public sealed class LeaveTests
{
    [Fact]
    public void A_graceful_leave_is_left_and_never_dead_everywhere() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 8),
        world =>
        {
            world.Form();
            world.Leave(4).RunUntil(w => !w.Nodes[4].IsRunning, TimeSpan.FromSeconds(4)).RunFor(TimeSpan.FromSeconds(10));
            Assert.True(world.AllHold(4, MemberStatus.Left), world.DescribeViews());
            Assert.False(world.AnyReported(4, MemberStatus.Dead));
        });

    [Fact]
    public void A_leave_reaches_everybody_although_a_fifth_of_the_datagrams_is_lost() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Form();
            world.Network.Link = world.Network.Link with { Loss = 0.2 };
            world.Leave(4).RunUntil(w => w.AllHold(4, MemberStatus.Left), TimeSpan.FromSeconds(20));
        });

    [Fact]
    public void The_last_node_leaves_at_once()
    {
        var world = new SimWorld(1, 1).Start(0);

        world.Leave(0);

        Assert.True(world.Nodes[0].Engine.HasLeft);
    }

    [Fact]
    public void A_leave_nobody_acknowledges_ends_after_the_timeout() => Simulate.EachWorld(
        20,
        seed => new SimWorld(seed, 3),
        world =>
        {
            world.Form();
            world.Partition(1).Leave(2).RunFor(TimeSpan.FromSeconds(1));
            Assert.False(world.Nodes[2].Engine.HasLeft);
            world.RunFor(TimeSpan.FromSeconds(1.1));
            Assert.True(world.Nodes[2].Engine.HasLeft);
        });

    [Fact]
    public void A_node_that_left_may_come_back_as_a_new_generation() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 4),
        world =>
        {
            world.Form();
            world.Leave(3).RunUntil(w => !w.Nodes[3].IsRunning, TimeSpan.FromSeconds(4));
            world.Start(3, 0).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(5));
        });
}
