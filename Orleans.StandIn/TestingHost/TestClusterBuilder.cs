using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.TestingHost.StandIn;

namespace Orleans.TestingHost;

/// <summary>Configures a silo of a test cluster. Created by type, so it needs a parameterless constructor.</summary>
public interface ISiloConfigurator
{
    void Configure(ISiloBuilder siloBuilder);
}

public interface IHostConfigurator
{
    void Configure(IHostBuilder hostBuilder);
}

public interface IClientBuilderConfigurator
{
    void Configure(IConfiguration configuration, IClientBuilder clientBuilder);
}

public class TestClusterOptions
{
    public string ClusterId { get; set; } = $"testcluster-{Guid.NewGuid():N}";

    public string ServiceId { get; set; } = Guid.NewGuid().ToString("N");

    public short InitialSilosCount { get; set; }
}

public class TestClusterBuilder
{
    private readonly List<Action<IHostBuilder>> _silo = [];
    private readonly List<Action<IConfiguration, IClientBuilder>> _client = [];
    private readonly List<Action<IConfigurationBuilder>> _configuration = [];

    public TestClusterBuilder()
        : this(2)
    {
    }

    public TestClusterBuilder(short initialSilosCount) => Options = new() { InitialSilosCount = initialSilosCount };

    public TestClusterOptions Options { get; }

    public TestClusterBuilder AddSiloBuilderConfigurator<T>()
        where T : new()
    {
        _silo.Add(static host =>
        {
            object configurator = new T();
            if (configurator is IHostConfigurator whole)
            {
                whole.Configure(host);
            }

            if (configurator is ISiloConfigurator silo)
            {
                _ = host.UseOrleans(silo.Configure);
            }
        });
        return this;
    }

    public TestClusterBuilder AddClientBuilderConfigurator<T>()
        where T : IClientBuilderConfigurator, new()
    {
        _client.Add(static (configuration, client) => new T().Configure(configuration, client));
        return this;
    }

    public TestClusterBuilder ConfigureHostConfiguration(Action<IConfigurationBuilder> configureDelegate)
    {
        _configuration.Add(configureDelegate);
        return this;
    }

    /// <exception cref="NotSupportedException">More than one silo was asked for; two is the default.</exception>
    public TestCluster Build()
    {
        OneSilo.Require(Options.InitialSilosCount);
        return new(new OneSilo(BuildHost, BuildClient));
    }

    private IHost BuildHost()
    {
        var host = new HostBuilder().ConfigureHostConfiguration(configuration =>
        {
            foreach (var configure in _configuration)
            {
                configure(configuration);
            }
        });
        _ = host.UseOrleans(silo => silo
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (Options.ClusterId, Options.ServiceId))
            .Configure<SiloOptions>(static o => o.SiloName = "Primary"));
        foreach (var configure in _silo)
        {
            configure(host);
        }

        return host.Build();
    }

    private void BuildClient(IConfiguration configuration, IClientBuilder client)
    {
        foreach (var configure in _client)
        {
            configure(configuration, client);
        }
    }
}
