using Chirps.Grains;
using Chirps.Node;
using Chirps.Silo.Demo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chirps.Benchmarks.Loopback;

/// <summary>A silo with a mesh node, as an application would host it.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private BenchSilo(IHost host) => _host = host;

    public MeshNode Node => _host.Services.GetRequiredService<MeshNode>();

    public IMeshGrain Grain => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IMeshGrain>(IMeshGrain.LocalKey);

    public IClusterClient Cluster => _host.Services.GetRequiredService<IClusterClient>();

    public static MeshOptions Options(string directory, string name, params string[] seeds)
    {
        var options = new MeshOptions();
        options.Mesh.NodeId = name;
        options.Mesh.Cluster = "bench";
        options.Mesh.ListenAddress = "127.0.0.1:0";
        options.Mesh.DataDirectory = directory;
        options.Mesh.Seeds.Nodes = [.. seeds];
        return options;
    }

    public static async Task<BenchSilo> StartAsync(string directory, string name, params string[] seeds)
    {
        var options = Options(directory, name, seeds);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Take(), FreePort.Take(), null, "bench", $"bench-{name}");
            silo.AddChirps(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new BenchSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
