using System.Globalization;
using System.Runtime.CompilerServices;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

/// <summary>Runs a scenario for many seeds and says how to repeat the one that failed.</summary>
internal static class Simulate
{
    /// <summary>How often to repeat: the number given, times <c>CHIRPS_SIMULATE</c> (1 when it is not set).</summary>
    public static int Times(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable("CHIRPS_SIMULATE"), CultureInfo.InvariantCulture, out var factor) ? count * Math.Max(1, factor) : count;

    /// <summary>Runs seeds 1 to <paramref name="count"/>, or only the one in <c>CHIRPS_SEED</c>.</summary>
    public static void EachSeed(int count, Action<ulong> scenario, [CallerMemberName] string test = "") =>
        EachWorld(count, seed => new SimWorld(seed, 0), world => scenario(world.Seed), test);

    /// <summary>The same with a world for each seed, whose trace is shown when the scenario fails.</summary>
    public static void EachWorld(int count, Func<ulong, SimWorld> create, Action<SimWorld> scenario, [CallerMemberName] string test = "")
    {
        var isReplay = ulong.TryParse(Environment.GetEnvironmentVariable("CHIRPS_SEED"), CultureInfo.InvariantCulture, out var chosen);
        var first = isReplay ? chosen : 1;
        var last = isReplay ? chosen : (ulong)count;
        for (var seed = first; seed <= last; seed++)
        {
            var world = create(seed);
            try
            {
                scenario(world);
            }
            catch (Exception failure)
            {
                throw new SeedFailedException(
                    $"Seed {seed} failed. Replay: CHIRPS_SEED={seed} dotnet test --filter {test}\n{failure.Message}\n{world.Trace.Tail()}", failure);
            }
        }
    }
}
