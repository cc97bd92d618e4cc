using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary><c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
internal static class HealthEndpoints
{
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n"));
        routes.MapGet("/readyz", (IMeshNode node) => node.Report().Joined
            ? Results.Text("ready\n")
            : Results.Text("not ready: no seed has answered yet, or the node has left\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        routes.MapGet("/metrics", (MeshNode node) => Results.Text(node.Metrics.ToPrometheusText(), PrometheusText));
    }
}
