using System.Text.Json.Serialization;
using Chirps.Grains;
using Chirps.Node;
using Chirps.Silo.Configuration;
using Chirps.Silo.Http;
using Microsoft.Extensions.Logging.Console;
using Orleans.Dashboard;

namespace Chirps.Silo;

/// <summary>Puts a silo together: Orleans, the mesh node, HTTP.</summary>
internal static class SiloHost
{
    /// <summary>Longest request: a Control payload of the default limit in base64, and room to spare.</summary>
    private const long RequestBytesMax = 8 * 1024 * 1024;

    /// <summary>Builds the application; nothing runs yet.</summary>
    /// <param name="args">Configuration from the command line: <c>--config chirps.toml</c>, <c>--Chirps:Mesh:NodeId=a</c>.</param>
    /// <exception cref="MeshConfigurationException">The configuration has unknown keys or bad values.</exception>
    public static WebApplication Build(string[] args)
    {
        var layers = new ConfigurationLayers(args);
        var settings = NodeSettings.ReadValid(layers);
        var (mesh, silo) = (settings.Mesh, settings.Silo);
        var live = new LiveConfiguration(settings.Settings);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.Sources.Add(live);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ConfigurationReloader>(services, layers, live));

        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        // A start that fails is explained by the run command, without the stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore().UseUrls($"http://{silo.HttpAddress}").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = RequestBytesMax);

        // A page on another site may aim a name of its own at loopback: only loopback's own names are served.
        builder.Services.AddHostFiltering(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Converters.Add(new NodeIdJsonConverter());
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(silo.SiloPort, silo.GatewayPort, null, "chirps", $"chirps-{mesh.Mesh.Cluster}");
            orleans.AddChirps(mesh);
            if (silo.Dashboard)
            {
                orleans.AddDashboard();
            }
        });

        var app = builder.Build();
        app.UseHostFiltering();
        app.UseBadRequestBodies();
        app.UseRouting();
        app.MapHealth();
        app.MapMembership();
        app.MapApi();
        app.MapMemberRows();
        app.MapStateStream();
        if (silo.Dashboard)
        {
            app.MapOrleansDashboard(routePrefix: "/dashboard");
        }

        return app;
    }
}
