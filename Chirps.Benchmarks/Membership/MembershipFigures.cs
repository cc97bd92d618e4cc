using System.Diagnostics;
using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Transport;
using Chirps.Engine.Membership;
using Chirps.Simulation;

namespace Chirps.Benchmarks.Membership;

/// <summary>
/// Every figure the membership is held to, beside its goal: simulated ones in virtual time on the production engine in the
/// <c>lan</c> profile, and real nodes over QUIC on loopback.
/// </summary>
internal sealed class MembershipFigures
{
    private static readonly TimeSpan _settle = TimeSpan.FromSeconds(5);

    private readonly GoalTable _table = new();
    private readonly bool _quick;

    private MembershipFigures(bool quick) => _quick = quick;

    /// <param name="quick">Fewer runs of each.</param>
    /// <param name="sections">Names of the sections to run; none for all.</param>
    public static async Task<int> RunAsync(bool quick, IReadOnlyCollection<string> sections)
    {
        Machine.Print();
        var figures = new MembershipFigures(quick);
        (string Name, Func<Task> Run)[] all =
        [
            ("simulator", Sync(figures.Simulator)),
            ("crash", Sync(figures.Crashes)),
            ("growth", Sync(figures.Growth)),
            ("loss", Sync(figures.Loss)),
            ("pause", Sync(figures.Pause)),
            ("spread", Sync(figures.Spread)),
            ("survivors", Sync(figures.Survivors)),
            ("traffic", Sync(figures.Traffic)),
            ("partition", Sync(figures.Partition)),
            ("newcomer", Sync(figures.Newcomer)),
            ("real", () => RealNodes.RunAsync(figures._table, quick ? 30 : 100)),
        ];
        foreach (var (name, run) in all)
        {
            if (sections.Count == 0 || sections.Contains(name))
            {
                await run();
            }
        }

        figures._table.Summary();
        return 0;
    }

    private static Func<Task> Sync(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private void Simulator()
    {
        _table.Section("Simulator: 60 virtual seconds, one core");
        var nodes = _quick ? 300 : 1_000;
        var world = new SimWorld(1, nodes).Form(60);
        var watch = Stopwatch.StartNew();
        world.RunFor(TimeSpan.FromSeconds(60));
        _table.AtMost($"{nodes} nodes", watch.Elapsed.TotalSeconds, 60, "s");
    }

    private void Crashes()
    {
        _table.Section("A crash is declared by every survivor");
        foreach (var nodes in (int[])[10, 30, 100])
        {
            var taken = Runs.Each(_quick ? 1_000 / nodes : 200, nodes, world => world.MeasureCrash());
            _table.AtMost($"{nodes} nodes, {taken.Count} seeds, p99", taken.Percentile(0.99), 3, "s");
            _table.Figure($"  median, most", $"{taken.Percentile(0.5):F2} s, {taken.Percentile(1):F2} s");
        }
    }

    private void Growth()
    {
        _table.Section("The same as the members grow");
        var means = new List<(int Nodes, double Seconds)>();
        foreach (var nodes in (int[])[10, 30, 100, 300, .. _quick ? Array.Empty<int>() : [1_000]])
        {
            var world = new SimWorld(1, nodes).Form(60);
            var taken = Enumerable.Range(0, nodes > 300 ? 5 : 20).Select(_ => world.MeasureCrash().TotalSeconds).Order().ToList();
            means.Add((nodes, taken.Average()));
            _table.Figure($"{nodes} nodes, mean of {taken.Count}", $"{taken.Average():F2} s");
            if (nodes >= 300)
            {
                _table.AtMost($"{nodes} nodes, most of {taken.Count}", taken[^1], 5, "s");
            }
        }

        // Ten thousand tables of ten thousand members do not fit a machine's memory; the line through what was measured has to do.
        var x = means.Select(mean => Math.Log10(mean.Nodes)).ToList();
        var slope = x.Zip(means, (log, mean) => (log - x.Average()) * (mean.Seconds - means.Average(one => one.Seconds))).Sum() / x.Sum(log => Math.Pow(log - x.Average(), 2));
        var at = means.Average(one => one.Seconds) + (slope * (4 - x.Average()));
        _table.Figure("for each tenfold, and so at 10,000", $"{slope:F2} s, {at:F2} s (not measured)");
    }

    private void Loss()
    {
        _table.Section("False deaths in ten minutes, 30 nodes");
        foreach (var (loss, seeds) in ((double, int)[])[(0.05, 2), (0.10, 2), (0.20, 10), (0.30, 1)])
        {
            var runs = _quick ? 1 : seeds;
            var deaths = 0;
            Parallel.For(0, runs, seed =>
            {
                var world = new SimWorld((ulong)seed + 1, 30).Form();
                world.Network.Link = SimLink.Healthy with { Loss = loss };
                world.RunFor(TimeSpan.FromMinutes(10));
                Interlocked.Add(ref deaths, world.Invariants.FalseDeaths);
            });
            var name = $"{loss:P0} loss, {runs} seeds";
            if (loss < 0.3)
            {
                _table.AtMost(name, deaths, 0, "deaths");
            }
            else
            {
                _table.Figure(name, $"{deaths} deaths");
            }
        }
    }

    private void Pause()
    {
        _table.Section("One of 100 paused for 5 s of every 10 s, for a minute: healthy members declared dead");
        var without = SwimSettings.Lan with { LocalHealthMax = 1, SuspicionConfirmations = 0, SuspicionMaxMultiplier = 1 };
        _table.AtMost("Lifeguard on", HealthyDeaths(SwimSettings.Lan), 0, "deaths");
        _table.Figure("Lifeguard off", $"{HealthyDeaths(without)} deaths");
    }

    private int HealthyDeaths(SwimSettings settings)
    {
        const int Paused = 50;
        var deaths = 0;
        Parallel.For(0, _quick ? 1 : 5, seed =>
        {
            var world = new SimWorld((ulong)seed + 1, 100, settings: settings).Form();
            for (var round = 0; round < 6; round++)
            {
                world.Pause(Paused, TimeSpan.FromSeconds(5)).RunFor(TimeSpan.FromSeconds(10));
            }

            var here = world.Nodes.Sum(node => node.Changes.Count(change => change.NewStatus == MemberStatus.Dead && change.Member.Id != world.Nodes[Paused].Id));
            Interlocked.Add(ref deaths, here);
        });
        return deaths;
    }

    private void Spread()
    {
        _table.Section("News reaches all");
        foreach (var (nodes, goal) in ((int, double)[])[(30, 0.4), (100, 0.6)])
        {
            var taken = Runs.Each(_quick ? 5 : 50, nodes, world =>
            {
                world.RunFor(_settle).Crash(3).RunFor(TimeSpan.FromMilliseconds(20)).Start(3, 0);
                var fresh = world.Nodes[3];
                return Runs.Until(world, w => w.Running.All(node => node.Engine.TryGetMember(fresh.Id, out var held) && held.Generation == fresh.Engine.Self.Generation));
            });
            _table.AtMost($"a restart, {nodes} nodes, most", taken.Percentile(1), goal, "s");
        }

        var leaves = Runs.Each(_quick ? 5 : 50, 30, world => Runs.Until(world.RunFor(_settle).Leave(7), w => w.AllHold(7, MemberStatus.Left)));
        _table.AtMost("a leave, 30 nodes, most", leaves.Percentile(1), 0.3, "s");
    }

    private void Survivors()
    {
        _table.Section("What a crash does to the survivors");
        var seeds = _quick ? 40 : 200;
        var sums = new double[3];
        var health = 0;
        for (var seed = 1; seed <= seeds; seed++)
        {
            var world = new SimWorld((ulong)seed, 5).Form();
            for (var crash = 0; crash < sums.Length; crash++)
            {
                world.RunFor(TimeSpan.FromSeconds(6) + TimeSpan.FromMilliseconds(world.Chance.Next(1_000))).Crash(crash + 1);
                sums[crash] += Runs.Until(world, w => w.AllHold(crash + 1, MemberStatus.Dead)).TotalSeconds;
            }

            var ten = new SimWorld((ulong)seed, 10).Form().RunFor(_settle).Crash(4);
            Runs.Until(ten, w => w.AllHold(4, MemberStatus.Dead));
            health = Math.Max(health, ten.Running.Max(node => node.Engine.LocalHealth));
        }

        _table.AtMost("five nodes, three crash: third / first, mean", sums[2] / sums[0], 1.5, "times");
        _table.AtMost("ten nodes, one crash: worst local health", health, 1, "");
    }

    private void Traffic()
    {
        _table.Section("Steady traffic of each node");
        foreach (var nodes in (int[])[10, 100, 300])
        {
            var world = new SimWorld(1, nodes).Form().RunFor(TimeSpan.FromSeconds(30));
            var (datagrams, bytes) = (Sent(world, one => one.DatagramsSent), Sent(world, one => one.BytesSent));
            world.RunFor(TimeSpan.FromSeconds(30));
            _table.AtMost($"{nodes} nodes", (Sent(world, one => one.DatagramsSent) - datagrams) / 30.0 / nodes, 12, "pkt/s");
            _table.AtMost($"{nodes} nodes", (Sent(world, one => one.BytesSent) - bytes) / 30_000.0 / nodes, 1.5, "kB/s");
        }
    }

    private static long Sent(SimWorld world, Func<SwimCounters, long> count) => world.Nodes.Sum(node => count(node.Engine.Counters));

    private void Partition()
    {
        _table.Section("4 + 4 nodes apart for ten minutes");
        var restarts = 0;
        var taken = Runs.Each(_quick ? 3 : 20, 8, world =>
        {
            world.RunFor(_settle);
            var before = world.Nodes.Select(node => node.Engine.Self.Generation).ToList();
            var healed = Runs.Until(world.Partition(4).RunFor(TimeSpan.FromMinutes(10)).StopFaults(), w => w.HasOneView);
            Interlocked.Add(ref restarts, world.Nodes.Zip(before).Count(pair => pair.First.Engine.Self.Generation != pair.Second));
            return healed;
        });
        _table.AtMost("one view after the end, most", taken.Percentile(1), 30, "s");
        _table.AtMost("nodes that needed a restart", restarts, 0, "nodes");
    }

    private void Newcomer()
    {
        _table.Section("1,000 keys on 100 nodes");
        var taken = Runs.Each(_quick ? 2 : 10, 101, form: false, measure: world =>
        {
            for (var node = 0; node < 100; node++)
            {
                world.Start(node, node == 0 ? [] : [0]);
            }

            world.RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(20));
            for (var key = 0; key < 1_000; key++)
            {
                world.Set(key % 100, $"service/{key}", $"value of key {key}");
            }

            world.RunUntil(w => w.HoldsAll(3), TimeSpan.FromSeconds(20)).RunFor(_settle);
            return Runs.Until(world.Start(100, 0), w => w.HoldsAll(100));
        });
        _table.AtMost("a newcomer holds all, most", taken.Percentile(1), 5, "s");
    }
}
