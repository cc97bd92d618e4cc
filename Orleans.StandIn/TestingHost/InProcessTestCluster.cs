using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.TestingHost.StandIn;

namespace Orleans.TestingHost;

public sealed class InProcessTestSiloSpecificOptions
{
    public int SiloPort { get; init; } = 11111;

    public int GatewayPort { get; init; } = 30000;

    public string SiloName { get; init; } = "Primary";

    public bool IsPrimarySilo { get; init; } = true;
}

/// <summary>As <see cref="TestClusterBuilder"/>, configured by delegates.</summary>
public sealed class InProcessTestClusterBuilder(short initialSilosCount)
{
    private readonly List<Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder>> _hosts = [];
    private readonly List<Action<InProcessTestSiloSpecificOptions, ISiloBuilder>> _silos = [];
    private readonly List<Action<IClientBuilder>> _clients = [];

    public InProcessTestClusterBuilder()
        : this(2)
    {
    }

    public TestClusterOptions Options { get; } = new() { InitialSilosCount = initialSilosCount };

    public InProcessTestClusterBuilder ConfigureHost(Action<IHostApplicationBuilder> configureDelegate)
    {
        _hosts.Add((_, host) => configureDelegate(host));
        return this;
    }

    public InProcessTestClusterBuilder ConfigureSiloHost(Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder> configureSiloHostDelegate)
    {
        _hosts.Add(configureSiloHostDelegate);
        return this;
    }

    public InProcessTestClusterBuilder ConfigureSilo(Action<InProcessTestSiloSpecificOptions, ISiloBuilder> configureSiloDelegate)
    {
        _silos.Add(configureSiloDelegate);
        return this;
    }

    public InProcessTestClusterBuilder ConfigureClient(Action<IClientBuilder> configureClientDelegate)
    {
        _clients.Add(configureClientDelegate);
        return this;
    }

    /// <exception cref="NotSupportedException">More than one silo was asked for; two is the default.</exception>
    public InProcessTestCluster Build()
    {
        OneSilo.Require(Options.InitialSilosCount);
        return new(new OneSilo(BuildHost, BuildClient));
    }

    private IHost BuildHost()
    {
        InProcessTestSiloSpecificOptions options = new();
        var host = Host.CreateEmptyApplicationBuilder(new());
        _ = host.UseOrleans(silo => silo
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (Options.ClusterId, Options.ServiceId))
            .Configure<SiloOptions>(o => o.SiloName = options.SiloName));
        foreach (var configure in _hosts)
        {
            configure(options, host);
        }

        foreach (var configure in _silos)
        {
            _ = host.UseOrleans(silo => configure(options, silo));
        }

        return host.Build();
    }

    private void BuildClient(IConfiguration configuration, IClientBuilder client)
    {
        foreach (var configure in _clients)
        {
            configure(client);
        }
    }
}

public sealed class InProcessTestCluster : IAsyncDisposable
{
    private readonly OneSilo _silo;

    internal InProcessTestCluster(OneSilo silo) => _silo = silo;

    public IReadOnlyList<InProcessSiloHandle> Silos => [_silo.Handle];

    public IClusterClient Client => _silo.Client;

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) => _silo.Host.Services;

    public Task DeployAsync() => _silo.StartAsync();

    public Task<InProcessSiloHandle> StartAdditionalSiloAsync() => throw OneSilo.Refusal();

    public Task StopSiloAsync(InProcessSiloHandle instance) => _silo.StopAsync();

    public Task StopAllSilosAsync() => _silo.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
