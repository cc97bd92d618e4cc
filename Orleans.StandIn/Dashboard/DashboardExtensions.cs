using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard.StandIn;

namespace Orleans.Dashboard
{
    public sealed class DashboardOptions
    {
        public bool HideTrace { get; set; }

        public int CounterUpdateIntervalMs { get; set; } = 1000;

        public int HistoryLength { get; set; } = 100;
    }

    /// <summary>Keeps a grain class or method out of the dashboard's figures.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
    public sealed class NoProfilingAttribute : Attribute;

    public static class ServiceCollectionExtensions
    {
        public static ISiloBuilder AddDashboard(this ISiloBuilder siloBuilder, Action<DashboardOptions>? configureOptions = null)
        {
            ArgumentNullException.ThrowIfNull(siloBuilder);
            _ = siloBuilder.Services.AddSingleton<DashboardFigures>().Configure(configureOptions ?? (static _ => { }));
            return siloBuilder;
        }

        /// <summary>Serves the dashboard below the prefix. Authorization and the like apply to the returned group.</summary>
        public static RouteGroupBuilder MapOrleansDashboard(this IEndpointRouteBuilder endpoints, string? routePrefix = null)
        {
            ArgumentNullException.ThrowIfNull(endpoints);
            var figures = endpoints.ServiceProvider.GetService<DashboardFigures>()
                ?? throw new InvalidOperationException("The dashboard is not registered. Call AddDashboard on the silo builder.");
            var group = endpoints.MapGroup(routePrefix ?? "");
            _ = group.MapGet("/", static (HttpContext context) => context.Request.Path.Value is [.., '/']
                ? Results.Content(DashboardPage.Html, "text/html; charset=utf-8")
                : Results.Redirect($"{context.Request.PathBase}{context.Request.Path}/", permanent: true));
            _ = group.MapGet("/index.html", static () => Results.Content(DashboardPage.Html, "text/html; charset=utf-8"));
            _ = group.MapGet("/version", static () => Results.Json(new { code = "stand-in" }));
            _ = group.MapGet("/DashboardCounters", () => Results.Json(figures.Counters()));
            _ = group.MapGet("/ClusterStats", () => Results.Json(figures.ClusterStats()));
            return group;
        }
    }
}

namespace Orleans.Dashboard.StandIn
{
    internal static class DashboardPage
    {
        public const string Html = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Orleans dashboard (stand-in)</title>
            <style>body{font:14px system-ui;margin:2rem}table{border-collapse:collapse}td,th{padding:.3rem .8rem;border-bottom:1px solid #ccc;text-align:left}td+td+td{text-align:right}</style></head>
            <body><h1>Orleans dashboard (stand-in)</h1><p id="silo"></p>
            <table><thead><tr><th>Grain class</th><th>Grain type</th><th>Activations</th><th>Calls</th></tr></thead><tbody id="rows"></tbody></table>
            <script>
            const cell = t => { const d = document.createElement('td'); d.textContent = t; return d; };
            async function show() {
              const c = await (await fetch('DashboardCounters')).json();
              document.getElementById('silo').textContent = `${c.hosts[0].siloAddress} is ${c.hosts[0].status}; ${c.totalActivationCount} activations`;
              document.getElementById('rows').replaceChildren(...c.simpleGrainStats.map(s => {
                const r = document.createElement('tr'); r.append(cell(s.grainType), cell(s.type), cell(s.activationCount), cell(s.totalCalls)); return r; }));
            }
            show(); setInterval(show, 1000);
            </script></body></html>
            """;
    }

    /// <summary>The figures the page shows, taken when asked for.</summary>
    internal sealed class DashboardFigures(SiloRuntime silo)
    {
        public object Counters()
        {
            var activations = silo.Catalog.Activations.CountBy(static activation => activation.Class).ToDictionary();
            return new
            {
                totalActiveHostCount = silo.Status == SiloStatus.Active ? 1 : 0,
                totalActivationCount = silo.Catalog.Count,
                hosts = new[] { new { siloAddress = silo.Details.SiloAddress.ToString(), status = silo.Status.ToString(), startTime = silo.Started } },
                simpleGrainStats = silo.Classes.All
                    .Where(c => activations.ContainsKey(c) || c.Calls > 0)
                    .OrderBy(static c => c.Type.FullName, StringComparer.Ordinal)
                    .Select(c => new { grainType = c.Type.FullName, type = c.GrainType.ToString(), activationCount = activations.GetValueOrDefault(c), totalCalls = c.Calls }),
            };
        }

        public object ClusterStats() => new { totalCalls = silo.Classes.All.Sum(static c => c.Calls), activations = silo.Catalog.Count };
    }
}
