using Chirps.Simulation;
using Xunit.Abstractions;

namespace Chirps.Tests.Simulation;

public sealed class CrashTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_survivors_of_three_declare_a_crash_within_two_seconds() => Measure(3, 200, 1, TimeSpan.FromSeconds(2));

    [Fact]
    public void Ten_nodes_declare_a_crash_everywhere_within_three_seconds() => Measure(10, 100, 2, TimeSpan.FromSeconds(3));

    [Fact]
    public void A_hundred_nodes_declare_a_crash_everywhere_within_three_seconds() => Measure(100, 8, 10, TimeSpan.FromSeconds(3));

    [Fact]
    public void Nobody_alive_is_declared_dead_when_others_crash() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 10),
        world =>
        {
            world.Form().Invariants.NoFalseDeaths = true;
            world.Crash(2).Crash(5).Crash(9).RunFor(TimeSpan.FromSeconds(8));
            Assert.True(world.HasOneView, world.DescribeViews());
        });

    [Fact]
    public void Survivors_of_losing_most_of_a_cluster_do_not_wait_for_confirmations_of_the_dead() => Simulate.EachWorld(
        50,
        seed => new SimWorld(seed, 7),
        world =>
        {
            world.Form();
            world.Crash(2).Crash(3).Crash(4).Crash(5).Crash(6).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(12));
        });

    private void Measure(int nodes, int seeds, int crashes, TimeSpan limit)
    {
        var durations = new List<double>();
        Simulate.EachWorld(
            seeds,
            seed => new SimWorld(seed, nodes),
            world =>
            {
                world.Form().Invariants.NoFalseDeaths = true;
                durations.AddRange(Enumerable.Range(0, crashes).Select(_ => world.MeasureCrash().TotalSeconds));
            });
        durations.Sort();
        output.WriteLine(
            $"{nodes} nodes, {seeds} seeds, {durations.Count} crashes: declared by every survivor after min {durations[0]:F2} s, "
            + $"median {durations[durations.Count / 2]:F2} s, p90 {durations[durations.Count * 9 / 10]:F2} s, max {durations[^1]:F2} s");
        Assert.True(durations[^1] < limit.TotalSeconds, $"slowest {durations[^1]:F2} s");
    }
}
