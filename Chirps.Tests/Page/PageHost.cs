using Chirps.Silo.Http;
using Chirps.Silo.Page;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Page;

/// <summary>Serves the page, with a simulated mesh behind it, on a free port of loopback.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public LiveFeed Feed => _app.Services.GetRequiredService<LiveFeed>();

    /// <summary>Starts it.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="livePagesMax">As many pages may be open.</param>
    /// <param name="more">Further routes.</param>
    /// <param name="port">The port of a host that has ended; 0 for a free one.</param>
    public static async Task<PageHost> StartAsync(SimulatedMesh mesh, int livePagesMax = 8, Action<WebApplication>? more = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddApiJson();
        builder.Services.AddPage(livePagesMax, _ => mesh);
        var app = builder.Build();
        app.MapPage();
        more?.Invoke(app);
        await app.StartAsync();
        return new PageHost(app);
    }

    /// <summary>Ends it as a crash would: open pages are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
