using Chirps.Grains;
using Chirps.Node;
using Chirps.Silo.Http;
using Chirps.Silo.Page;
using Chirps.Silo.Telemetry;
using Orleans.Dashboard;

namespace Chirps.Silo;

/// <summary>Puts a silo together: Orleans, the mesh node, HTTP.</summary>
internal static class SiloHost
{
    /// <summary>Builds the application; nothing runs yet.</summary>
    /// <param name="args">Configuration from the command line: <c>--Chirps:Mesh:NodeId=a</c>.</param>
    /// <exception cref="MeshConfigurationException">The configuration has unknown keys or bad values.</exception>
    public static WebApplication Build(string[] args)
    {
        // The defaults lie beside the program; a file in the working directory, the environment and the command line override them.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false)
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(args);
        var mesh = OptionsReader.Read(builder.Configuration, SiloOptions.Name, HttpOptions.Name);
        var silo = new SiloOptions();
        OptionsReader.Read(builder.Configuration.GetSection($"{MeshOptions.Section}:{SiloOptions.Name}"), silo, SiloOptions.Problems);
        var http = new HttpOptions();
        OptionsReader.Read(builder.Configuration.GetSection($"{MeshOptions.Section}:{HttpOptions.Name}"), http, HttpOptions.Problems);

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
        app.MapHealth();
        app.MapMembership();
        app.MapApi();
        app.MapPage();
        if (silo.Dashboard)
        {
            app.MapOrleansDashboard(routePrefix: "/dashboard");
        }

        return app;
    }
}
