using Chirps.Simulation;

namespace Chirps.Benchmarks.Membership;

/// <summary>Repeats a simulated scenario with one seed after the other.</summary>
internal static class Runs
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    /// <summary>Measures worlds of seeds 1 to <paramref name="seeds"/>, several at a time.</summary>
    /// <returns>The durations in seconds, ascending.</returns>
    public static IReadOnlyList<double> Each(int seeds, int nodes, Func<SimWorld, TimeSpan> measure, bool form = true)
    {
        var taken = new double[seeds];
        Parallel.For(0, seeds, index =>
        {
            var world = new SimWorld((ulong)index + 1, nodes);
            taken[index] = measure(form ? world.Form(60) : world).TotalSeconds;
        });
        Array.Sort(taken);
        return taken;
    }

    /// <summary>Runs until a condition holds.</summary>
    /// <returns>The virtual time it took.</returns>
    public static TimeSpan Until(SimWorld world, Func<SimWorld, bool> condition)
    {
        var start = world.Now;
        world.RunUntil(condition, _limit);
        return world.Now - start;
    }

    /// <summary>The value that so large a share does not exceed.</summary>
    public static double Percentile(this IReadOnlyList<double> ascending, double share) => ascending[Math.Max(0, (int)Math.Ceiling(ascending.Count * share) - 1)];
}
