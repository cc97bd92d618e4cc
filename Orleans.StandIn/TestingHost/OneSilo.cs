using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.StandIn;
using Orleans.Serialization;
using Orleans.Streams.StandIn;

namespace Orleans.TestingHost.StandIn;

/// <summary>The silo of a test cluster, and a client that counts as outside it: everything it sends and receives is copied.</summary>
internal sealed class OneSilo(Func<IHost> buildHost, Action<IConfiguration, IClientBuilder> configureClient) : IAsyncDisposable
{
    private IHost? _host;
    private ServiceProvider? _clientServices;
    private bool _stopped;

    public IHost Host => _host ?? throw NotDeployed();

    public SiloRuntime Runtime => Host.Services.GetRequiredService<SiloRuntime>();

    public IClusterClient Client => _clientServices?.GetRequiredService<IClusterClient>() ?? throw NotDeployed();

    public bool IsActive => _host is not null && !_stopped && Runtime.Status == SiloStatus.Active;

    public InProcessSiloHandle Handle => new(this) { SiloAddress = Runtime.Details.SiloAddress, Name = Runtime.Details.Name };

    public static void Require(short silos)
    {
        if (silos != 1)
        {
            throw Refusal();
        }
    }

    public static NotSupportedException Refusal()
        => new("The Orleans stand-in runs one silo per cluster. Ask for one, new TestClusterBuilder(1), or build with the real packages: -p:OrleansSource=packages.");

    public async Task StartAsync()
    {
        _host = buildHost();
        await _host.StartAsync();
        ServiceCollection services = new();
        _ = services.AddLogging().AddOptions()
            .AddSingleton(_host.Services.GetRequiredService<IConfiguration>())
            .AddSingleton(_host.Services.GetRequiredService<IOptions<ClusterOptions>>())
            .AddSingleton<DeepCopier>()
            .AddSingleton(static (IServiceProvider client) => new ClusterClient(
                client.GetRequiredService<SiloRuntime>(), client.GetRequiredService<IOptions<ClientMessagingOptions>>().Value, client))
            .AddSingleton<IClusterClient>(static client => client.GetRequiredService<ClusterClient>())
            .AddSingleton<IGrainFactory>(static client => client.GetRequiredService<ClusterClient>());
        _ = services.AddSingleton(Runtime).AddSingleton(new ClientConsumers(Runtime, external: true));
        configureClient(_host.Services.GetRequiredService<IConfiguration>(), new ClientBuilder(services, _host.Services.GetRequiredService<IConfiguration>()));
        _clientServices = services.BuildServiceProvider();
        foreach (var provider in _clientServices.GetServices<StreamProviderName>())
        {
            await _clientServices.GetRequiredKeyedService<StreamProvider>(provider.Name).InitializeAsync(withAgents: false);
        }
    }

    public async Task StopAsync()
    {
        if (_host is not null && !_stopped)
        {
            _stopped = true;
            await _host.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_clientServices is not null)
        {
            await _clientServices.DisposeAsync();
        }

        switch (_host)
        {
            case IAsyncDisposable later:
                await later.DisposeAsync();
                break;
            default:
                _host?.Dispose();
                break;
        }
    }

    private static InvalidOperationException NotDeployed() => new("The test cluster is not deployed.");
}
