using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

public sealed class JoinTests
{
    [Fact]
    public void Three_nodes_find_each_other_through_one_seed() => Simulate.EachWorld(200, seed => new SimWorld(seed, 3), world => world.Form(3));

    [Fact]
    public void Twenty_nodes_find_each_other_through_one_seed() => Simulate.EachWorld(20, seed => new SimWorld(seed, 20), world => world.Form(4));

    [Fact]
    public void Two_hundred_nodes_find_each_other_through_one_seed() => Simulate.EachWorld(1, seed => new SimWorld(seed, 200), world => world.Form(10));

    [Fact]
    public void Three_hundred_nodes_find_each_other_where_large_tables_take_streams() => Simulate.EachWorld(
        1,
        seed => new SimWorld(seed, 300, settings: SwimSettings.Lan with { LargeTablesOnStreams = true, DatagramBytesMax = 600, State = new StateSettings { ValueBytesMax = 1_024, TransferBytesMax = 4_096 } }),
        world =>
        {
            world.Form(10);
            Assert.True(world.Nodes[0].Engine.Counters.Transfers > 0, "no table took a stream");
        });

    [Fact]
    public void Nodes_find_each_other_although_a_fifth_of_the_datagrams_is_lost() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Network.Link = world.Network.Link with { Loss = 0.2 };
            world.Form(60);
        });

    [Fact]
    public void A_node_whose_seed_starts_later_joins_when_it_does() => Simulate.EachWorld(
        20,
        seed => new SimWorld(seed, 2),
        world =>
        {
            world.Start(1, 0).RunFor(TimeSpan.FromSeconds(20));
            Assert.False(world.Nodes[1].Engine.IsJoined);
            world.Start(0).RunUntil(w => w.HasOneView && w.Nodes[1].Engine.IsJoined, TimeSpan.FromSeconds(10));
        });

    [Fact]
    public void Two_nodes_that_name_each_other_as_seed_join() => Simulate.EachWorld(
        20, seed => new SimWorld(seed, 2), world => world.Start(0, 1).Start(1, 0).RunUntil(w => w.HasOneView && w.Running.All(node => node.Engine.IsJoined), TimeSpan.FromSeconds(10)));

    [Fact]
    public void A_restarted_node_rejoins_as_a_new_generation_without_waiting_for_its_death() => Simulate.EachWorld(
        100,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Form();
            var before = world.Nodes[3].Engine.Self.Generation;
            world.Crash(3).RunFor(TimeSpan.FromMilliseconds(50)).Start(3, 0).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(3));
            Assert.True(world.Nodes[3].Engine.Self.Generation > before);
            Assert.False(world.AnyReported(3, MemberStatus.Dead));
        });

    [Fact]
    public void A_node_restarted_after_its_death_rejoins() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 5),
        world =>
        {
            world.Form();
            world.Crash(3).RunUntil(w => w.AllHold(3, MemberStatus.Dead), TimeSpan.FromSeconds(5));
            world.Start(3, 0).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(5));
        });
}
