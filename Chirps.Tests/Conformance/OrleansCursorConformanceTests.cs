using Microsoft.Extensions.Configuration;
using Orleans.Runtime.Providers;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Chirps.Tests.Conformance;

/// <summary>What the provider of durable streams relies on when cursors and deliveries fail. Passes on the published packages and on the stand-in.</summary>
public sealed class OrleansCursorConformanceTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        TestClusterBuilder builder = new(1);
        _ = builder.AddSiloBuilderConfigurator<Silo>();
        _ = builder.AddClientBuilderConfigurator<Client>();
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_cursor_is_replaced_before_the_consumer_hears_of_it_and_a_failed_backoff_ends_the_attempts()
    {
        const int Gone = -1;
        const int Refused = 7;
        var feed = ScriptedFeed.Instance;
        var stream = _cluster.Client.GetStreamProvider(ScriptedFeed.Name).GetStream<int>(StreamId.Create("feed", "scripted"));
        var handle = await stream.SubscribeAsync(
            (item, token) =>
            {
                feed.Log.Enqueue($"delivered {item}");
                return item == Refused ? throw new InvalidOperationException("No.") : Task.CompletedTask;
            },
            error =>
            {
                feed.Log.Enqueue($"told of {error.GetType().Name}");
                return Task.CompletedTask;
            });

        await stream.OnNextBatchAsync([1, Gone, 2, Refused, 3]);

        await OrleansCluster.Until("the last event arrives", () => feed.Log.Contains("delivered 3"));
        Assert.Equal(
            [
                "delivered 1",
                "cursor disposed of",
                "cursor asked for without a token",
                "told of DataNotAvailableException",
                "delivery failed without a token",
                "delivered 2",
                "delivered 7",
                "delivered 7",
                "delivered 7",
                "cursor told of a failure",
                "told of StreamEventDeliveryFailureException",
                "delivery failed at 3",
                "delivered 3",
            ],
            feed.Log.SkipWhile(static entry => entry != "delivered 1"));
        await handle.UnsubscribeAsync();
    }

    public sealed class Silo : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder)
        {
            _ = siloBuilder.AddMemoryGrainStorage("PubSubStore");
            _ = siloBuilder.AddPersistentStreams(ScriptedFeed.Name, static (_, _) => ScriptedFeed.Instance, static streams =>
            {
                streams.ConfigurePullingAgent(static o => o.Configure(static x => x.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(20)));
                streams.ConfigureBackoffProvider(static (_, _) => (IMessageDeliveryBackoffProvider)ScriptedFeed.Instance);
            });
        }
    }

    public sealed class Client : IClientBuilderConfigurator
    {
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
            => _ = clientBuilder.AddPersistentStreams(ScriptedFeed.Name, static (_, _) => ScriptedFeed.Instance, static _ => { });
    }
}
