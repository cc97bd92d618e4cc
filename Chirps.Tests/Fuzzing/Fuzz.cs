using System.Globalization;
using System.Runtime.CompilerServices;
using Chirps.Engine.Time;
using Xunit.Abstractions;

namespace Chirps.Tests.Fuzzing;

/// <summary>
/// Runs a property for many generated cases. Each case has a seed of its own, so one that fails is repeated alone. The
/// environment variable <c>CHIRPS_FUZZ</c> multiplies the count; <c>CHIRPS_FUZZ_SEED</c> runs only the case with that seed.
/// </summary>
internal static class Fuzz
{
    /// <summary>Which cases are run first is decided here; another base gives other cases.</summary>
    private const ulong BaseSeed = 20260101;

    /// <summary>How many times the usual count is asked for.</summary>
    public static int Times { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CHIRPS_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var factor) ? Math.Max(1, factor) : 1;

    /// <summary>Runs the cases.</summary>
    /// <param name="output">Told the seeds, before anything can fail.</param>
    /// <param name="count">Cases without <c>CHIRPS_FUZZ</c>; chosen so that all fuzz tests together take about a second.</param>
    /// <param name="property">Makes a case out of chance, and throws when what must hold does not.</param>
    /// <param name="test">Filled in by the compiler.</param>
    /// <exception cref="FuzzCaseFailedException">With the seed, and how to repeat the case.</exception>
    public static void Cases(ITestOutputHelper output, int count, Action<SeededRandom> property, [CallerMemberName] string test = "")
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("CHIRPS_FUZZ_SEED"), CultureInfo.InvariantCulture, out var chosen))
        {
            output.WriteLine($"one case, seed {chosen}");
            Run(chosen, property, test);
            return;
        }

        var seeds = new SeededRandom(BaseSeed).Split(test);
        output.WriteLine($"{(long)count * Times} cases of base seed {BaseSeed}; {Replay("<seed of the case>", test)}");
        for (var run = 0L; run < (long)count * Times; run++)
        {
            Run(seeds.NextUInt64(), property, test);
        }
    }

    private static void Run(ulong seed, Action<SeededRandom> property, string test)
    {
        try
        {
            property(new SeededRandom(seed));
        }
        catch (Exception failure)
        {
            throw new FuzzCaseFailedException($"Case {seed} failed. {Replay(seed.ToString(CultureInfo.InvariantCulture), test)}\n{failure.Message}", failure);
        }
    }

    private static string Replay(string seed, string test) => $"Replay: CHIRPS_FUZZ_SEED={seed} dotnet test --filter {test}";
}
