using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_seed_gives_the_same_trace() => Simulate.EachSeed(10, seed => Assert.Equal(Run(seed), Run(seed)));

    [Fact]
    public void Different_seeds_give_different_traces() => Assert.NotEqual(Run(1), Run(2));

    [Fact]
    public void A_failing_seed_says_how_to_replay_it()
    {
        var failure = Assert.Throws<SeedFailedException>(() => Simulate.EachWorld(
            3, seed => new SimWorld(seed, 1), world => Assert.NotEqual(2UL, world.Start(0).Seed)));

        Assert.StartsWith("Seed 2 failed. Replay: CHIRPS_SEED=2 dotnet test --filter A_failing_seed_says_how_to_replay_it", failure.Message, StringComparison.Ordinal);
        Assert.Contains("node-0 starts as", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swarm_plan_belongs_to_its_seed() => Assert.Equal(FaultPlan.Swarm(7), FaultPlan.Swarm(7));

    private static ulong Run(ulong seed) =>
        new SimWorld(seed, 6, FaultPlan.Swarm(seed)).StartAll().RunFor(TimeSpan.FromSeconds(2)).StartFaults().RunFor(TimeSpan.FromSeconds(10)).Trace.Hash;
}
