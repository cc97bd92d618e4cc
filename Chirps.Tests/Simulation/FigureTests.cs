using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Simulation;
using Xunit.Abstractions;

namespace Chirps.Tests.Simulation;

/// <summary>The figures the membership is held to, printed. A short run of each by default; <c>CHIRPS_SIMULATE=20</c> makes twenty times as many.</summary>
public sealed class FigureTests(ITestOutputHelper output)
{
    private static readonly SwimSettings _withoutLifeguard = SwimSettings.Lan with { LocalHealthMax = 1, SuspicionConfirmations = 0, SuspicionMaxMultiplier = 1 };

    [Theory]
    [InlineData(10, 20, 3.0)]
    [InlineData(30, 10, 3.0)]
    [InlineData(100, 2, 3.0)]
    public void A_crash_is_declared_by_every_survivor(int nodes, int seeds, double limit) => Crash(nodes, Simulate.Times(seeds), 5, limit);

    [Fact]
    public void A_crash_among_three_hundred_is_declared_by_every_survivor() => Crash(300, Simulate.Times(1), 2, 5);

    [Fact]
    public void Detection_grows_with_the_logarithm_of_the_members()
    {
        // A thousand members take a minute and 1.5 GB, three thousand the tenfold: only on demand.
        var factor = Simulate.Times(1);
        int[] sizes = [10, 30, 100, .. factor >= 5 ? [300, 1_000] : Array.Empty<int>(), .. factor >= 50 ? [3_000] : Array.Empty<int>()];
        foreach (var nodes in sizes)
        {
            var watch = Stopwatch.StartNew();
            var world = new SimWorld(1, nodes, settings: SwimSettings.Lan with { MembersMax = 10_000 });
            world.Form(60);
            var taken = Enumerable.Range(0, nodes > 300 ? 3 : 10).Select(_ => world.MeasureCrash().TotalSeconds).Order().ToList();
            output.WriteLine($"{nodes} nodes: a crash is declared by every survivor after {taken[0]:F2} to {taken[^1]:F2} s, mean {taken.Average():F2} s ({watch.Elapsed.TotalSeconds:F0} s of real time)");
            Assert.True(taken[^1] < 5);
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.10)]
    [InlineData(0.20)]
    public void Loss_buries_nobody(double loss) => Assert.Equal(0, FalseDeaths(loss));

    [Fact]
    public void Thirty_percent_loss_is_reported() => Assert.InRange(FalseDeaths(0.30), 0, 30 * Simulate.Times(1));

    [Fact]
    public void A_member_that_is_paused_half_of_the_time_takes_no_healthy_one_with_it()
    {
        var with = HealthyDeaths(SwimSettings.Lan);
        var without = HealthyDeaths(_withoutLifeguard);

        output.WriteLine($"one of 100 paused 5 s of every 10 s for a minute: healthy members declared dead {with} with Lifeguard, {without} without");
        Assert.Equal(0, with);
    }

    [Theory]
    [InlineData(30, 0.4)]
    [InlineData(100, 0.6)]
    public void An_update_reaches_all(int nodes, double limit) => Measure(nodes, Simulate.Times(5), $"{nodes} nodes: a restart is known to all", limit, world =>
    {
        world.Crash(3).RunFor(TimeSpan.FromMilliseconds(20)).Start(3, 0);
        var start = world.Now;
        world.RunUntil(w => w.Running.All(node => node.Engine.TryGetMember(w.Nodes[3].Id, out var held) && held.Generation == w.Nodes[3].Engine.Self.Generation), TimeSpan.FromSeconds(5));
        return world.Now - start;
    });

    [Fact]
    public void A_leave_is_seen_by_all() => Measure(30, Simulate.Times(10), "30 nodes: a leave is seen by all", 0.3, world =>
    {
        var start = world.Now;
        world.Leave(7).RunUntil(w => w.AllHold(7, MemberStatus.Left), TimeSpan.FromSeconds(5));
        return world.Now - start;
    });

    [Fact]
    public void The_third_crash_of_five_takes_no_longer_than_half_as_much_again()
    {
        var sums = new double[3];
        Simulate.EachWorld(Simulate.Times(40), seed => new SimWorld(seed, 5), world =>
        {
            world.Form();
            for (var crash = 0; crash < 3; crash++)
            {
                var victim = crash + 1;
                world.RunFor(TimeSpan.FromSeconds(6) + TimeSpan.FromMilliseconds(world.Chance.Next(1_000)));
                var start = world.Now;
                world.Crash(victim).RunUntil(w => w.AllHold(victim, MemberStatus.Dead), TimeSpan.FromSeconds(20));
                sums[crash] += (world.Now - start).TotalSeconds;
            }
        });
        output.WriteLine($"five nodes, three crashes within 30 s: mean {string.Join(", ", sums.Select(sum => $"{sum / Simulate.Times(40):F2}"))} s");
        Assert.True(sums[2] <= 1.5 * sums[0]);
    }

    [Fact]
    public void A_crash_leaves_the_survivors_health_alone()
    {
        var worst = 0;
        Simulate.EachWorld(Simulate.Times(20), seed => new SimWorld(seed, 10), world =>
        {
            world.Form().RunFor(TimeSpan.FromSeconds(3)).Crash(4).RunUntil(w => w.AllHold(4, MemberStatus.Dead), TimeSpan.FromSeconds(20));
            worst = Math.Max(worst, world.Running.Max(node => node.Engine.LocalHealth));
        });
        output.WriteLine($"ten nodes, one crash: worst local health of a survivor {worst}");
        Assert.InRange(worst, 0, 1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(300)]
    public void Steady_traffic_is_small_and_does_not_grow(int nodes)
    {
        var world = new SimWorld(1, nodes);
        world.Form().RunFor(TimeSpan.FromSeconds(30));
        var (datagrams, bytes) = Sent(world);
        world.RunFor(TimeSpan.FromSeconds(30));
        var (more, moreBytes) = Sent(world);
        var (rate, size) = ((more - datagrams) / 30.0 / nodes, (moreBytes - bytes) / 30.0 / nodes);

        output.WriteLine($"{nodes} nodes, steady: each sends {rate:F1} datagrams and {size:F0} bytes a second");
        Assert.True(rate <= 12 && size <= 1_500, $"{rate:F1} datagrams, {size:F0} bytes");
    }

    [Fact]
    public void A_partition_of_ten_minutes_heals() => Measure(8, Simulate.Times(5), "4 + 4 nodes apart for 10 minutes: one view after", 30, world =>
    {
        world.Partition(4).RunFor(TimeSpan.FromMinutes(10));
        var start = world.Now;
        world.StopFaults().RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(60));
        return world.Now - start;
    });

    [Fact]
    public void The_simulator_keeps_up()
    {
        var nodes = Math.Min(1_000, 100 * Simulate.Times(1));
        var world = new SimWorld(1, nodes);
        var watch = Stopwatch.StartNew();
        world.Form(60);
        var formed = watch.Elapsed;
        world.RunFor(TimeSpan.FromSeconds(60));
        output.WriteLine($"{nodes} nodes formed in {formed.TotalSeconds:F1} s of real time; 60 virtual seconds more took {(watch.Elapsed - formed).TotalSeconds:F1} s");
        Assert.True(world.HasOneView);
    }

    private static (long Datagrams, long Bytes) Sent(SimWorld world) =>
        (world.Nodes.Sum(node => node.Engine.Counters.DatagramsSent), world.Nodes.Sum(node => node.Engine.Counters.BytesSent));

    private void Crash(int nodes, int seeds, int crashes, double limit)
    {
        var durations = new List<double>();
        Simulate.EachWorld(seeds, seed => new SimWorld(seed, nodes), world =>
        {
            world.Form(60).Invariants.NoFalseDeaths = true;
            durations.AddRange(Enumerable.Range(0, crashes).Select(_ => world.MeasureCrash().TotalSeconds));
        });
        Print($"{nodes} nodes, {seeds} seeds: a crash is declared by every survivor", durations, limit);
    }

    private void Measure(int nodes, int seeds, string what, double limit, Func<SimWorld, TimeSpan> measure)
    {
        var durations = new List<double>();
        Simulate.EachWorld(seeds, seed => new SimWorld(seed, nodes), world => durations.Add(measure(world.Form().RunFor(TimeSpan.FromSeconds(5))).TotalSeconds));
        Print(what, durations, limit);
    }

    private void Print(string what, List<double> durations, double limit)
    {
        durations.Sort();
        var p99 = durations[(int)Math.Ceiling(durations.Count * 0.99) - 1];
        output.WriteLine($"{what}: median {durations[durations.Count / 2]:F2} s, p99 {p99:F2} s, max {durations[^1]:F2} s ({durations.Count} runs)");
        Assert.True(p99 < limit, $"p99 {p99:F2} s");
    }

    private static int HealthyDeaths(SwimSettings settings)
    {
        var deaths = 0;
        Simulate.EachWorld(Simulate.Times(1), seed => new SimWorld(seed, 100, settings: settings), world =>
        {
            world.Form();
            for (var round = 0; round < 6; round++)
            {
                world.Pause(50, TimeSpan.FromSeconds(5)).RunFor(TimeSpan.FromSeconds(10));
            }

            deaths += world.Nodes.Sum(node => node.Changes.Count(change => change.NewStatus == MemberStatus.Dead && change.Member.Id != world.Nodes[50].Id));
        });
        return deaths;
    }

    private int FalseDeaths(double loss)
    {
        var deaths = 0;
        var suspicions = 0;
        Simulate.EachWorld(
            Simulate.Times(1),
            seed => new SimWorld(seed, 30),
            world =>
            {
                world.Form();
                world.Network.Link = SimLink.Healthy with { Loss = loss };
                world.RunFor(TimeSpan.FromMinutes(10));
                deaths += world.Invariants.FalseDeaths;
                suspicions += world.Nodes.Sum(node => node.Changes.Count(change => change.NewStatus == MemberStatus.Suspect));
            });
        output.WriteLine($"30 nodes, {loss:P0} loss, {Simulate.Times(1)} x 10 minutes: {deaths} false deaths reported, {suspicions} suspicions seen");
        return deaths;
    }
}
