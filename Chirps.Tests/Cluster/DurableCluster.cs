using System.Collections.Concurrent;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Grains.DurableStream;
using Chirps.Iggy.Channels;
using Chirps.Iggy.Embedded;
using Chirps.Tests.Iggy.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Chirps.Tests.Cluster;

/// <summary>A silo and a client with durable streams, over a server on a free port.</summary>
internal sealed class DurableCluster : IAsyncDisposable
{
    public const string Channel = "orders";

    private const string ServerKey = "ChirpsTest:Server";
    private static readonly ConcurrentDictionary<string, SwitchedServer> _servers = new();

    private readonly string _id = Guid.NewGuid().ToString();
    private readonly int _partitions;
    private TestCluster _cluster = null!;

    private DurableCluster(ServerKit kit, int partitions)
    {
        Kit = kit;
        _partitions = partitions;
        _servers[_id] = Server;
    }

    public ServerKit Kit { get; }

    public SwitchedServer Server { get; } = new();

    public IServiceProvider Silo => _cluster.GetSiloServiceProvider();

    public DurableStreamMetrics Metrics => Silo.GetRequiredService<DurableStreamMetrics>();

    public static async Task<DurableCluster> StartAsync(int partitions = 1, bool isServerKnown = true, Func<EmbeddedIggyOptions, EmbeddedIggyOptions>? server = null)
    {
        var cluster = new DurableCluster(await ServerKit.StartAsync(server), partitions);
        if (isServerKnown)
        {
            cluster.FindServer();
        }

        await cluster.StartSiloAsync();
        return cluster;
    }

    public void FindServer() => Server.Present = new ChannelServer(Kit.Connect(), "s", _partitions);

    public async Task StartSiloAsync()
    {
        var builder = new TestClusterBuilder(1);
        builder.ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?> { [ServerKey] = _id }));
        builder.AddSiloBuilderConfigurator<SiloSide>();
        builder.AddClientBuilderConfigurator<ClientSide>();
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task StopSiloAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    /// <summary>The silo ends without a last word to the server, as in a crash.</summary>
    public async Task CrashSiloAsync()
    {
        Server.Present = null;
        await StopSiloAsync();
        FindServer();
    }

    /// <summary>A channel as a client sees it.</summary>
    public IAsyncStream<DurableEntry> Stream(string channel = Channel) => StreamOf(_cluster.Client, channel);

    /// <summary>A channel as plain code in the silo sees it.</summary>
    public IAsyncStream<DurableEntry> SiloStream(string channel = Channel) => StreamOf(Silo.GetRequiredService<IClusterClient>(), channel);

    public Task PublishAsync(int first, int count, Func<int, string?>? key = null, string channel = Channel)
        => SiloStream(channel).OnNextBatchAsync(Enumerable.Range(first, count).Select(number => Entry(number, key?.Invoke(number))));

    public async Task<DurableObserver> SubscribeAsync(DurableToken? token, Func<int, bool>? poison = null, string channel = Channel, bool inSilo = false)
    {
        var observer = new DurableObserver(poison);
        observer.Handle = await (inSilo ? SiloStream(channel) : Stream(channel)).SubscribeAsync(observer, token);
        return observer;
    }

    public async ValueTask DisposeAsync()
    {
        await StopSiloAsync();
        _ = _servers.TryRemove(_id, out _);
        await Kit.DisposeAsync();
    }

    public static DurableEntry Entry(int number, string? key = null) => new(Encoding.UTF8.GetBytes($"{number}"), Key: key);

    private static IAsyncStream<DurableEntry> StreamOf(IClusterClient client, string channel)
        => client.GetStreamProvider(ChirpsStreams.DurableProvider).GetStream<DurableEntry>(ChirpsStreams.Durable(channel));

    private static DurableStreamOptions Options(IConfiguration configuration) => new()
    {
        Server = _servers[configuration[ServerKey]!],
        Node = static () => MemberId.Parse("a"),
        TriesMax = 3,
    };

    private sealed class SiloSide : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder)
        {
            var options = Options(siloBuilder.Configuration);
            siloBuilder.AddMemoryGrainStorage("PubSubStore");
            siloBuilder.AddChirpsDurableStreams(_ => options);
        }
    }

    private sealed class ClientSide : IClientBuilderConfigurator
    {
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
        {
            var options = Options(configuration);
            clientBuilder.AddChirpsDurableStreams(_ => options);
        }
    }
}
