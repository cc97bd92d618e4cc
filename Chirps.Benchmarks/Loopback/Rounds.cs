namespace Chirps.Benchmarks.Loopback;

/// <summary>Cases that take turns.</summary>
internal static class Rounds
{
    /// <summary>All cases in turn, round by round: a disturbance of the machine meets each of them alike.</summary>
    public static async Task<List<T>[]> TakeTurns<T>(IReadOnlyList<Func<Task<T>>> cases, int rounds)
    {
        var results = cases.Select(_ => new List<T>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < cases.Count; index++)
            {
                results[index].Add(await cases[index]());
            }
        }

        return results;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
