using System.Text;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary><c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
internal static class HealthEndpoints
{
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (MeshNode node) => node.Health() is { IsAlive: false } health
            ? Answer($"not alive: {health.Checks[0].Text}\n", isGood: false)
            : Answer("ok\n", isGood: true));
        routes.MapGet("/readyz", (MeshNode node) =>
        {
            var health = node.Health();
            return Answer(Describe(health), health.IsReady);
        });
        routes.MapGet("/metrics", (MeshNode node) => Results.Text(node.Metrics.ToPrometheusText(), PrometheusText));
    }

    /// <summary>The verdict, then a line for each check; scripts read the status code.</summary>
    internal static string Describe(NodeHealth health)
    {
        var text = new StringBuilder(health.IsReady ? "ready\n" : "not ready\n");
        foreach (var check in health.Checks)
        {
            text.Append(check.IsGood ? "+ " : "- ").Append(check.Name).Append(": ").Append(check.Text).Append('\n');
        }

        return text.ToString();
    }

    private static IResult Answer(string text, bool isGood)
        => Results.Text(text, statusCode: isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
