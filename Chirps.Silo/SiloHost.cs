using Chirps.Grains;
using Chirps.Node;
using Chirps.Silo.Configuration;
using Chirps.Silo.Http;
using Chirps.Silo.Page;
using Chirps.Silo.Telemetry;
using Orleans.Dashboard;

namespace Chirps.Silo;

/// <summary>Puts a silo together: Orleans, the mesh node, HTTP.</summary>
internal static class SiloHost
{
    /// <summary>Builds the application; nothing runs yet.</summary>
    /// <param name="args">Configuration from the command line: <c>--config chirps.toml</c>, <c>--Chirps:Mesh:NodeId=a</c>.</param>
    /// <exception cref="MeshConfigurationException">The configuration has unknown keys or bad values.</exception>
    public static WebApplication Build(string[] args)
    {
        var layers = new ConfigurationLayers(args);
        var settings = NodeSettings.ReadValid(layers);
        var (mesh, silo, http) = (settings.Mesh, settings.Silo, settings.Http);
        var live = new LiveConfiguration(settings.Settings);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.Sources.Add(live);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ConfigurationReloader>(services, layers, live));

        builder.Logging.AddConsole(silo.LogFormat);
        // A start that fails is explained by the run command, without the stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.AddHttpSurface(http, silo, mesh.Tls);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddApiJson();
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(silo.SiloPort, silo.GatewayPort, null, "chirps", $"chirps-{mesh.Mesh.Cluster}");
            orleans.AddChirps(mesh);
            // A trace that comes with a request goes on through the grain to the member that gets the message.
            orleans.AddActivityPropagation();
            if (silo.Dashboard)
            {
                orleans.AddDashboard();
            }
        });

        builder.Services.AddOtlp(silo.Otlp);
        builder.Services.AddPage(http.LivePagesMax, services => ActivatorUtilities.CreateInstance<MeshPageSource>(services, silo.Dashboard, http.HasToken));

        var app = builder.Build();
        app.UseHttpSurface(silo);
        app.UseBadRequestBodies();
        app.UseRouting();
        app.UseMiddleware<StreamLimit>();
        app.MapHealth();
        app.MapMembership();
        app.MapApi();
        app.MapMemberRows();
        app.MapStateStream();
        app.MapPage();
        if (silo.Dashboard)
        {
            app.MapOrleansDashboard(routePrefix: "/dashboard");
        }

        return app;
    }
}
