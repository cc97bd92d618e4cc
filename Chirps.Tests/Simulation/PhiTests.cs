using Chirps.Engine.Detection;
using Chirps.Engine.Membership;
using Chirps.Simulation;
using Xunit.Abstractions;

namespace Chirps.Tests.Simulation;

public sealed class PhiTests(ITestOutputHelper output)
{
    private static readonly SwimSettings _phi = SwimSettings.Lan with { Detector = DetectorKind.Phi };

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    [InlineData(100)]
    public void Heartbeats_that_stop_end_in_death_everywhere(int nodes)
    {
        var durations = new List<double>();
        Simulate.EachWorld(
            Simulate.Times(3),
            seed => new SimWorld(seed, nodes, settings: _phi),
            world =>
            {
                world.Form().RunFor(TimeSpan.FromSeconds(10)).Invariants.NoFalseDeaths = true;
                durations.Add(world.MeasureCrash().TotalSeconds);
            });
        output.WriteLine($"phi detector, {nodes} nodes: declared by every survivor after {durations.Min():F2} to {durations.Max():F2} s");
        Assert.True(durations.Max() < 5);
    }

    [Fact]
    public void Loss_and_short_pauses_bury_nobody() => Simulate.EachWorld(
        Simulate.Times(3),
        seed => new SimWorld(seed, 20, settings: _phi),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.Network.Link = SimLink.Healthy with { Loss = 0.1 };
            for (var round = 0; round < 10; round++)
            {
                world.RunFor(TimeSpan.FromSeconds(3)).Pause(world.Chance.Next(20), TimeSpan.FromMilliseconds(400));
            }
        });

    [Fact]
    public void The_views_agree_after_a_swarm_of_faults() => Simulate.EachWorld(
        Simulate.Times(30),
        seed => new SimWorld(seed, 7, FaultPlan.Swarm(seed), _phi),
        world => world.Form().StartFaults().RunFor(TimeSpan.FromSeconds(15)).StopFaults().RunFor(TimeSpan.FromSeconds(7))
            .RunUntil(w => w.HasOneView, TimeSpan.FromMinutes(1)));

    [Theory]
    [InlineData(DetectorKind.Swim)]
    [InlineData(DetectorKind.Phi)]
    public void Phi_is_low_for_the_living_and_grows_for_the_silent_in_either_mode(DetectorKind detector) => Simulate.EachWorld(
        3,
        seed => new SimWorld(seed, 5, settings: SwimSettings.Lan with { Detector = detector }),
        world =>
        {
            world.Form().RunFor(TimeSpan.FromSeconds(10));
            var (watcher, victim) = (world.Nodes[0].Engine, world.Nodes[3].Id);
            Assert.True(watcher.PhiOf(world.Now, victim) < 4);

            world.Crash(3).RunFor(TimeSpan.FromSeconds(10));

            Assert.True(watcher.PhiOf(world.Now, victim) > 8);
        });
}
