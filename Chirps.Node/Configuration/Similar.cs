namespace Chirps.Node;

/// <summary>Finds what somebody probably meant.</summary>
public static class Similar
{
    /// <summary>The known word that is nearest to a mistyped one; <see langword="null"/> when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        var best = known.Select(candidate => (Word: candidate, Distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant()))).DefaultIfEmpty((Word: "", Distance: int.MaxValue)).MinBy(one => one.Distance);
        return best.Distance <= Math.Max(1, word.Length / 3) ? best.Word : null;
    }

    /// <summary><c> Did you mean 'members'?</c>, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> known) => Nearest(word, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Step(rows, one, other, i, j);
            }
        }

        return rows[one.Length, other.Length];
    }

    private static int Step(int[,] rows, string one, string other, int i, int j)
    {
        var replaced = rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
        var swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] ? rows[i - 2, j - 2] + 1 : int.MaxValue;
        return Math.Min(Math.Min(replaced, swapped), Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
    }
}
