using System.Text.Json;
using System.Text.RegularExpressions;
using Chirps.Tests.Architecture;

namespace Chirps.Tests.Operations;

/// <summary>What lies in <c>deploy/</c>, read.</summary>
internal static partial class DeployFiles
{
    public static string Rules { get; } = Path.Combine(Repository.Root, "deploy", "prometheus", "chirps.rules.yml");

    public static string RulesTest { get; } = Path.Combine(Repository.Root, "deploy", "prometheus", "chirps.rules.test.yml");

    public static string Configuration { get; } = Path.Combine(Repository.Root, "deploy", "prometheus", "prometheus.yml");

    /// <summary>Every expression of the dashboard with the title of its panel.</summary>
    public static IReadOnlyList<(string Panel, string Expression)> Dashboard()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "dashboards", "chirps.json")));
        return
        [
            .. document.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(
                    panel => panel.GetProperty("targets").EnumerateArray(),
                    (panel, target) => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!)),
        ];
    }

    /// <summary>Every alert with its expression.</summary>
    public static IReadOnlyList<(string Alert, string Expression)> Alerts()
        => [.. AlertPattern().Matches(File.ReadAllText(Rules)).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    /// <summary>The names of our metrics in an expression, without what a histogram appends.</summary>
    public static IEnumerable<string> Metrics(string expression)
        => MetricPattern().Matches(expression).Select(match => HistogramPart().Replace(match.Value, "")).Distinct();

    [GeneratedRegex(@"- alert: (\w+)\n +expr: (.+)\n")]
    private static partial Regex AlertPattern();

    [GeneratedRegex(@"\b(chirps|swim)_\w+")]
    private static partial Regex MetricPattern();

    [GeneratedRegex("(?<=_seconds)_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
