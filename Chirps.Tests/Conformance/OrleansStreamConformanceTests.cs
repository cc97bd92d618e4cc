using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Chirps.Tests.Conformance;

/// <summary>What Chirps relies on of Orleans: streams and hosting. Passes on the published packages and on the stand-in.</summary>
public sealed class OrleansStreamConformanceTests(OrleansCluster fixture) : IClassFixture<OrleansCluster>
{
    private TestCluster Cluster => fixture.Cluster;

    private static string Unique([System.Runtime.CompilerServices.CallerMemberName] string test = "") => $"{test}-{Guid.NewGuid():N}";

    private IAsyncStream<T> Stream<T>(string key) => Cluster.Client.GetStreamProvider(OrleansCluster.Streams).GetStream<T>(StreamId.Create("conformance", key));

    [Fact]
    public void An_unknown_provider_is_refused() => Assert.Throws<KeyNotFoundException>(() => Cluster.Client.GetStreamProvider("nobody"));

    [Fact]
    public async Task Events_arrive_in_order_with_growing_tokens()
    {
        var stream = Stream<int>(Unique());
        ConcurrentQueue<(int Item, StreamSequenceToken? Token)> seen = new();
        var handle = await stream.SubscribeAsync((item, token) =>
        {
            seen.Enqueue((item, token));
            return Task.CompletedTask;
        });
        await stream.OnNextAsync(0);
        await stream.OnNextBatchAsync([1, 2, 3]);
        await stream.OnNextAsync(4);
        await OrleansCluster.Until("five events arrive", () => seen.Count >= 5);
        Assert.Equal([0, 1, 2, 3, 4], seen.Select(static s => s.Item));
        Assert.All(seen.Zip(seen.Skip(1)), static pair => Assert.True(pair.Second.Token!.Newer(pair.First.Token!)));
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_batch_consumer_receives_what_was_sent_together()
    {
        var stream = Stream<int>(Unique());
        Batches seen = new();
        var handle = await stream.SubscribeAsync(seen);
        await stream.OnNextBatchAsync([1, 2, 3]);
        await OrleansCluster.Until("three events arrive", () => seen.Items.Count >= 3);
        Assert.Equal([1, 2, 3], seen.Items);
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task Plain_code_in_the_silo_produces_and_consumes()
    {
        var inside = Cluster.GetSiloServiceProvider().GetRequiredService<IClusterClient>();
        var stream = inside.GetStreamProvider(OrleansCluster.Streams).GetStream<string>(StreamId.Create("conformance", Unique()));
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var handle = await stream.SubscribeAsync((text, token) =>
        {
            _ = seen.TrySetResult(text);
            return Task.CompletedTask;
        });
        await stream.OnNextAsync("hello");
        Assert.Equal("hello", await seen.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task Each_consumer_gets_its_own_copy()
    {
        var stream = Stream<Parcel>(Unique());
        ConcurrentBag<Parcel> seen = [];
        Task Take(Parcel parcel, StreamSequenceToken? token)
        {
            seen.Add(parcel);
            return Task.CompletedTask;
        }

        var first = await stream.SubscribeAsync(Take);
        var second = await stream.SubscribeAsync(Take);
        Parcel sent = new() { Label = "x" };
        await stream.OnNextAsync(sent);
        await OrleansCluster.Until("both consumers have the event", () => seen.Count >= 2);
        Assert.Equal(3, seen.Append(sent).Distinct().Count());
        await first.UnsubscribeAsync();
        await second.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_failed_delivery_is_repeated_and_order_kept()
    {
        var (key, listener) = (Unique(), Cluster.Client.GetGrain<IListenerGrain>(Unique()));
        await listener.Subscribe(key);
        await listener.Publish(key, "fails once");
        await listener.Publish(key, "second");
        await OrleansCluster.Until("both events are received", async () => (await listener.Received()).Count >= 2);
        Assert.Equal(["fails once", "second"], await listener.Received());
        await listener.Unsubscribe(key);
    }

    [Fact]
    public async Task An_event_given_up_is_reported_and_the_next_one_arrives()
    {
        var stream = Stream<string>(Unique());
        ConcurrentQueue<string> seen = new();
        ConcurrentQueue<Exception> errors = new();
        var handle = await stream.SubscribeAsync(
            (text, _) =>
            {
                if (text == "poison")
                {
                    throw new InvalidOperationException("Never.");
                }

                seen.Enqueue(text);
                return Task.CompletedTask;
            },
            exception =>
            {
                errors.Enqueue(exception);
                return Task.CompletedTask;
            });
        await stream.OnNextAsync("poison");
        await stream.OnNextAsync("food");
        await OrleansCluster.Until("the second event arrives", () => !seen.IsEmpty);
        Assert.Equal("food", Assert.Single(seen));
        _ = Assert.IsType<StreamEventDeliveryFailureException>(Assert.Single(errors));
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_slow_consumer_does_not_hold_up_others()
    {
        var (key, gate) = (Unique(), Unique());
        var slow = Cluster.Client.GetGrain<IListenerGrain>(Unique());
        var fast = Cluster.Client.GetGrain<IListenerGrain>(Unique());
        await slow.Subscribe(key);
        await fast.Subscribe(key);
        var blocked = slow.Block(gate);
        await Stream<string>(key).OnNextBatchAsync(["a", "b"]);
        await OrleansCluster.Until("the other consumer has all", async () => (await fast.Received()).Count == 2);
        Signals.Set(gate);
        await blocked;
        await OrleansCluster.Until("the slow consumer has all", async () => (await slow.Received()).Count == 2);
        await slow.Unsubscribe(key);
        await fast.Unsubscribe(key);
    }

    [Fact]
    public async Task Two_subscriptions_are_two_deliveries_and_unsubscribing_ends_them()
    {
        var (key, listener) = (Unique(), Cluster.Client.GetGrain<IListenerGrain>(Unique()));
        await listener.Subscribe(key);
        await listener.Subscribe(key);
        Assert.Equal(2, await listener.CountHandles(key));
        await listener.Publish(key, "x");
        await OrleansCluster.Until("the event arrives twice", async () => (await listener.Received()).Count == 2);
        await listener.Unsubscribe(key);
        Assert.Equal(0, await listener.CountHandles(key));
    }

    [Fact]
    public async Task A_subscription_outlives_the_activation_and_can_be_resumed()
    {
        var key = Unique();
        var listener = Cluster.Client.GetGrain<IListenerGrain>($"resuming:{key}");
        await listener.Subscribe(key);
        await Cluster.DeactivateAsync(listener);
        await Stream<string>(key).OnNextAsync("after");
        await OrleansCluster.Until("the resumed subscription receives", async () => (await listener.Received()).Contains("after"));
        await listener.Unsubscribe(key);
    }

    [Fact]
    public async Task Without_a_handler_events_are_dropped()
    {
        var (key, listener) = (Unique(), Cluster.Client.GetGrain<IListenerGrain>(Unique()));
        await listener.Subscribe(key);
        await Cluster.DeactivateAsync(listener);
        var witness = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handle = await Stream<string>(key).SubscribeAsync((text, token) =>
        {
            _ = witness.TrySetResult();
            return Task.CompletedTask;
        });
        await Stream<string>(key).OnNextAsync("lost");
        await witness.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(await listener.Received());
        Assert.Equal(1, await listener.CountHandles(key));
        await listener.Unsubscribe(key);
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task An_implicit_subscription_needs_no_subscribe()
    {
        var key = Unique();
        await Cluster.Client.GetStreamProvider(OrleansCluster.Streams).GetStream<string>("conformance-implicit", key).OnNextAsync("hello");
        var grain = Cluster.Client.GetGrain<IImplicitGrain>(key);
        await OrleansCluster.Until("the implicit consumer receives", async () => (await grain.Received()).Count == 1);
    }

    [Fact]
    public async Task A_used_handle_is_refused()
    {
        var handle = await Stream<int>(Unique()).SubscribeAsync(static (_, _) => Task.CompletedTask);
        await handle.UnsubscribeAsync();
        _ = await Assert.ThrowsAsync<InvalidOperationException>(handle.UnsubscribeAsync);
    }

    [Fact]
    public async Task A_producer_cannot_complete_a_stream() => await Assert.ThrowsAsync<NotImplementedException>(() => Stream<int>(Unique()).OnCompletedAsync());

    [Fact]
    public async Task Lifecycle_stages_start_upwards_and_stop_downwards()
    {
        ConcurrentQueue<string> log = new();
        InProcessTestClusterBuilder builder = new(1);
        _ = builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Stages(log)));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        Assert.Equal(["storage", "application"], log);
        await cluster.StopAllSilosAsync();
        Assert.Equal(["stop application", "stop storage"], log.Skip(2));
    }

    [Fact]
    public async Task The_silo_starts_where_UseOrleans_was_called()
    {
        ConcurrentQueue<string> log = new();
        var builder = Host.CreateApplicationBuilder();
        _ = builder.Services.AddSingleton(log).AddHostedService<Before>();
        _ = builder.UseOrleans(silo =>
        {
            _ = silo.UseLocalhostClustering(FreePort(), FreePort());
            _ = silo.AddStartupTask(async (services, token) =>
            {
                _ = await services.GetRequiredService<IGrainFactory>().GetGrain<IPlainGrain>("startup").Key();
                log.Enqueue("startup task");
            });
        });
        _ = builder.Services.AddHostedService<After>();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(["before: OrleansException", "startup task", "after: reached"], log);
        await host.StopAsync();
        Assert.True(Signals.IsSet($"after:deactivated:{DeactivationReasonCode.ShuttingDown}"));
    }

    [Fact]
    public async Task Explicit_subscriptions_need_storage()
    {
        var builder = Host.CreateApplicationBuilder();
        _ = builder.UseOrleans(static silo => silo.UseLocalhostClustering(FreePort(), FreePort()).AddMemoryStreams("unstored"));
        using var host = builder.Build();
        _ = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Before(IGrainFactory grains, ConcurrentQueue<string> log) : Caller("before", grains, log);

    private sealed class After(IGrainFactory grains, ConcurrentQueue<string> log) : Caller("after", grains, log);

    private abstract class Caller(string name, IGrainFactory grains, ConcurrentQueue<string> log) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            try
            {
                _ = await grains.GetGrain<IPlainGrain>(name).Key();
                log.Enqueue($"{name}: reached");
            }
            catch (OrleansException)
            {
                log.Enqueue($"{name}: {nameof(OrleansException)}");
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Batches : IAsyncBatchObserver<int>
    {
        public ConcurrentQueue<int> Items { get; } = new();

        public Task OnNextAsync(IList<SequentialItem<int>> items)
        {
            foreach (var item in items)
            {
                Items.Enqueue(item.Item);
            }

            return Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }

    private sealed class Stages(ConcurrentQueue<string> log) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            Add(lifecycle, ServiceLifecycleStage.ApplicationServices, "application");
            Add(lifecycle, ServiceLifecycleStage.RuntimeStorageServices, "storage");
        }

        private void Add(ISiloLifecycle lifecycle, int stage, string name) => lifecycle.Subscribe<Stages>(
            stage,
            _ =>
            {
                log.Enqueue(name);
                return Task.CompletedTask;
            },
            _ =>
            {
                log.Enqueue($"stop {name}");
                return Task.CompletedTask;
            });
    }
}
