using Chirps.Engine.Membership;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

public sealed class FaultTests
{
    [Fact]
    public void A_healthy_cluster_suspects_and_buries_nobody() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 7),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.RunFor(TimeSpan.FromSeconds(30));
            Assert.All(world.Nodes, node => Assert.DoesNotContain(node.Changes, change => change.NewStatus == MemberStatus.Suspect));
        });

    [Theory]
    [InlineData(3, 200)]
    [InlineData(10, 100)]
    public void Ten_percent_loss_jitter_and_duplicates_bury_nobody(int nodes, int seeds) => Simulate.EachWorld(
        seeds,
        seed => new SimWorld(seed, nodes),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.Network.Link = new SimLink { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(25), Duplication = 0.1 };
            world.RunFor(TimeSpan.FromSeconds(20));
        });

    [Fact]
    public void Five_percent_loss_among_a_hundred_nodes_buries_nobody() => Simulate.EachWorld(
        2,
        seed => new SimWorld(seed, 100),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.Network.Link = new SimLink { Loss = 0.05, Jitter = TimeSpan.FromMilliseconds(20) };
            world.RunFor(TimeSpan.FromSeconds(10));
        });

    [Fact]
    public void A_healed_partition_leaves_one_view_without_a_restart() => Simulate.EachWorld(
        200,
        seed => new SimWorld(seed, 7),
        world =>
        {
            world.Form();
            world.Partition(3).RunFor(TimeSpan.FromSeconds(20));
            Assert.True(world.Nodes[0].StatusOf(world.Nodes[6]) == MemberStatus.Dead);
            world.StopFaults().RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(20));
        });

    [Fact]
    public void A_large_partition_heals() => Simulate.EachWorld(
        2,
        seed => new SimWorld(seed, 60),
        world => world.Form().Partition(30).RunFor(TimeSpan.FromSeconds(20)).StopFaults().RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(20)));

    [Fact]
    public void A_node_cut_off_one_way_is_back_when_the_way_is_open() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 5),
        world => world.Form().Partition(1, oneWay: true).RunFor(TimeSpan.FromSeconds(15)).StopFaults().RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(20)));

    [Fact]
    public void A_node_paused_longer_than_its_suspicion_refutes_its_death() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Form();
            world.Pause(2, TimeSpan.FromSeconds(6)).RunUntil(w => w.AnyReported(2, MemberStatus.Dead), TimeSpan.FromSeconds(5));
            world.RunFor(TimeSpan.FromSeconds(4)).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(10));
            Assert.True(world.Nodes[2].Engine.Self.Incarnation.Value > 0);
        });

    [Fact]
    public void A_paused_node_accuses_nobody_when_it_goes_on() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Form().Pause(2, TimeSpan.FromSeconds(3)).RunFor(TimeSpan.FromSeconds(10));
            Assert.DoesNotContain(world.Nodes[2].Changes, change => change.NewStatus is MemberStatus.Suspect or MemberStatus.Dead);
        });

    [Fact]
    public void After_a_swarm_of_faults_the_views_agree() => Simulate.EachWorld(
        200,
        seed => new SimWorld(seed, 7, FaultPlan.Swarm(seed)),
        world => world.Form().StartFaults().RunFor(TimeSpan.FromSeconds(15)).StopFaults().RunFor(TimeSpan.FromSeconds(7))
            .RunUntil(w => w.HasOneView, TimeSpan.FromMinutes(1)));

    [Fact]
    public void Three_hundred_nodes_run_for_a_while() => Simulate.EachWorld(
        1,
        seed => new SimWorld(seed, 300),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.RunFor(TimeSpan.FromSeconds(3));
            Assert.True(world.HasOneView);
        });
}
