using Chirps.Grains;
using Chirps.Node;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Chirps.Tests.Cluster;

/// <summary>One silo with a mesh node, hosted by the Orleans test host. Each is its own Orleans cluster; the mesh is between them.</summary>
public sealed class MeshCluster : IAsyncDisposable
{
    private const string NameKey = "ChirpsTest:Name";
    private const string DirectoryKey = "ChirpsTest:Directory";
    private const string SeedKey = "ChirpsTest:Seed";

    private readonly TestCluster _cluster;

    private MeshCluster(TestCluster cluster) => _cluster = cluster;

    public IMeshGrain Mesh => _cluster.GrainFactory.GetGrain<IMeshGrain>(IMeshGrain.LocalKey);

    public IClusterClient Client => _cluster.Client;

    public IServiceProvider SiloServices => _cluster.GetSiloServiceProvider();

    public MeshNode Node => SiloServices.GetRequiredService<MeshNode>();

    public INodeGrain Peer(string id) => _cluster.GrainFactory.GetGrain<INodeGrain>(id);

    public static async Task<MeshCluster> StartAsync(string name, string directory, string seed = "")
    {
        var builder = new TestClusterBuilder(1);
        builder.ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [NameKey] = name,
            [DirectoryKey] = directory,
            [SeedKey] = seed,
        }));
        builder.AddSiloBuilderConfigurator<Silo>();
        builder.AddClientBuilderConfigurator<ClientSide>();
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new MeshCluster(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    private sealed class Silo : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder)
        {
            var options = new MeshOptions();
            options.Mesh.NodeId = siloBuilder.Configuration[NameKey]!;
            options.Mesh.ListenAddress = "127.0.0.1:0";
            options.Mesh.DataDirectory = siloBuilder.Configuration[DirectoryKey]!;
            if (siloBuilder.Configuration[SeedKey] is { Length: > 0 } seed)
            {
                options.Mesh.Seeds.Nodes.Add(seed);
            }

            siloBuilder.AddChirps(options);
            siloBuilder.AddActivityPropagation();
        }
    }

    private sealed class ClientSide : IClientBuilderConfigurator
    {
<<<<<<< HEAD
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder) => clientBuilder.AddChirpsStreams();
=======
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder) => clientBuilder.AddMemoryStreams(ChirpsStreams.Provider).AddActivityPropagation();
>>>>>>> ops
    }
}
