using System.Text;

namespace Chirps.Tests.Operations;

/// <summary>Reads the text of <c>/metrics</c>.</summary>
internal static class MetricPage
{
    /// <summary>The names of all metrics.</summary>
    public static IReadOnlyList<string> Names(string text) => [.. Lines(text, "# TYPE ").Select(line => line.Split(' ')[2])];

    /// <summary>A table of all metrics, a line each: name, type, labels with their values, meaning.</summary>
    public static string Table(string text)
    {
        var table = new StringBuilder("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        foreach (var type in Lines(text, "# TYPE ").Select(line => line.Split(' ')))
        {
            var help = Lines(text, $"# HELP {type[2]} ").Single()[$"# HELP {type[2]} ".Length..];
            table.Append("| `").Append(type[2]).Append("` | ").Append(type[3]).Append(" | ").Append(Labels(text, type[2])).Append(" | ").Append(help).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Labels(string text, string metric)
    {
        var sets = text.Split('\n')
            .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) || line.StartsWith(metric + "_count{", StringComparison.Ordinal))
            .SelectMany(line => line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split(','))
            .Select(pair => pair.Split('='))
            .GroupBy(pair => pair[0], pair => pair[1].Trim('"'));
        return string.Join("; ", sets.Select(set => metric == "chirps_node_info" ? $"`{set.Key}`" : $"`{set.Key}`: {string.Join(", ", set.Distinct())}"));
    }

    private static IEnumerable<string> Lines(string text, string start) => text.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal));
}
