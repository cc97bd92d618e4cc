using System.Globalization;

namespace Chirps.Silo.Page;

/// <summary>Finds values in what <c>/metrics</c> serves, so that the page and the metrics cannot disagree.</summary>
internal sealed class CounterText(string text)
{
    /// <summary>The sum of all series of a name that have a label; of all series of the name when no label is given.</summary>
    /// <param name="name">The name in Prometheus' spelling.</param>
    /// <param name="label"><c>profile="control"</c> for example.</param>
    /// <returns><see langword="null"/> when there is no such series.</returns>
    public double? Sum(string name, string? label = null)
    {
        double? sum = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || line.Length == name.Length || line[name.Length] is not (' ' or '{'))
            {
                continue;
            }

            var labels = line[name.Length] == '{' ? line[name.Length..(line.LastIndexOf('}') + 1)] : [];
            var value = line[(line.LastIndexOf(' ') + 1)..];
            if ((label is null || labels.Contains(label, StringComparison.Ordinal)) && double.TryParse(value, CultureInfo.InvariantCulture, out var number))
            {
                sum = (sum ?? 0) + number;
            }
        }

        return sum;
    }
}
