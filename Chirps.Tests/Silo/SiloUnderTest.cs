using Chirps.Node;
using Chirps.Silo;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Silo;

/// <summary>A silo as it is run, in this process, on free ports of loopback.</summary>
internal sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SiloUnderTest(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public MeshNode Node => _app.Services.GetRequiredService<MeshNode>();

    public IServiceProvider Services => _app.Services;

    public static async Task<SiloUnderTest> StartAsync(string name, string directory, params string[] more)
    {
        var app = SiloHost.Build([.. Arguments(name, directory), .. more]);
        await app.StartAsync();
        return new SiloUnderTest(app);
    }

    /// <summary>A client that knows the address.</summary>
    public HttpClient Client(string? token = null)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false, ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator })
        {
            BaseAddress = Address,
            Timeout = MeshFixture.Patience,
        };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public static string[] Arguments(string name, string directory) =>
    [
        $"--Chirps:Mesh:NodeId={name}", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={directory}",
        "--Chirps:Silo:HttpAddress=127.0.0.1:0", $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}",
        "--Logging:LogLevel:Default=Warning",
    ];
}
