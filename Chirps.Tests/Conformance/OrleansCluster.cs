using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.Runtime.Providers;
using Orleans.TestingHost;

namespace Chirps.Tests.Conformance;

/// <summary>One silo with a memory stream provider, and a client outside it.</summary>
public sealed class OrleansCluster : IAsyncLifetime
{
    public const string Streams = "conformance";
    private const int Queues = 2;

    public TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        TestClusterBuilder builder = new(1);
        _ = builder.AddSiloBuilderConfigurator<Silo>();
        _ = builder.AddClientBuilderConfigurator<Client>();
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>Polls until something is so, and says what was not when it never becomes so.</summary>
    public static async Task Until(string what, Func<Task<bool>> condition)
    {
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(20));
        for (var attempt = 0; attempt < 750; attempt++)
        {
            if (await condition())
            {
                return;
            }

            _ = await pace.WaitForNextTickAsync();
        }

        Assert.Fail($"This did not happen within 15 seconds: {what}.");
    }

    public static Task Until(string what, Func<bool> condition) => Until(what, () => Task.FromResult(condition()));

    public sealed class Silo : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder)
        {
            _ = siloBuilder.AddMemoryGrainStorage("PubSubStore");
            _ = siloBuilder.Configure<GrainCollectionOptions>(static o => o.CollectionQuantum = TimeSpan.FromSeconds(5));
            _ = siloBuilder.AddMemoryStreams(Streams, static streams =>
            {
                streams.ConfigurePartitioning(Queues);
                streams.ConfigurePullingAgent(static o => o.Configure(static x =>
                {
                    x.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(20);
                    x.MaxEventDeliveryTime = TimeSpan.FromSeconds(2);
                }));
                streams.ConfigureBackoffProvider(static (_, _) => (IMessageDeliveryBackoffProvider)new Quick());
                streams.ConfigureBackoffProvider(static (_, _) => (IQueueReaderBackoffProvider)new Quick());
            });
        }
    }

    public sealed class Client : IClientBuilderConfigurator
    {
        /// <remarks>A client picks the queue of an event by its own count of queues: with another count than the silo's, nobody reads some of them.</remarks>
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
            => clientBuilder.AddMemoryStreams(Streams, static streams => streams.ConfigurePartitioning(Queues));
    }

    private sealed class Quick : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
    {
        public TimeSpan Next(int attempt) => TimeSpan.FromMilliseconds(50);
    }
}
