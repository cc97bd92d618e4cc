using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Chirps.Tests.Conformance;

/// <summary>What Chirps relies on of Orleans: a stream provider of one's own. Passes on the published packages and on the stand-in.</summary>
public sealed class OrleansFeedConformanceTests(FeedCluster fixture) : IClassFixture<FeedCluster>
{
    private static string Unique([System.Runtime.CompilerServices.CallerMemberName] string test = "") => $"{test}-{Guid.NewGuid():N}";

    private IAsyncStream<int> Stream(string provider, string key) => fixture.Cluster.Client.GetStreamProvider(provider).GetStream<int>(StreamId.Create("feed", key));

    [Fact]
    public async Task Events_of_an_own_provider_arrive_in_order_with_its_tokens()
    {
        var stream = Stream(FeedCluster.Feed, Unique());
        Collector seen = new();
        var handle = await stream.SubscribeAsync(seen.OnNextAsync);
        await stream.OnNextAsync(1);
        await stream.OnNextBatchAsync([2, 3]);
        await OrleansCluster.Until("three events arrive", () => seen.Items.Count >= 3);
        Assert.Equal([1, 2, 3], seen.Items.Select(static e => e.Item));
        Assert.Equal([0, 0, 1], seen.Items.Select(static e => e.Token!.EventIndex));
        Assert.Equal(1, seen.Items.Last().Token!.SequenceNumber - seen.Items.First().Token!.SequenceNumber);
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_subscription_may_start_at_an_earlier_event_while_another_is_not_past_it()
    {
        var stream = Stream(FeedCluster.Feed, Unique());
        var elsewhere = fixture.Cluster.GetSiloServiceProvider().GetRequiredService<IClusterClient>();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Collector first = new();
        var slow = await elsewhere.GetStreamProvider(FeedCluster.Feed).GetStream<int>(stream.StreamId).SubscribeAsync((_, _) => gate.Task);
        var handle = await stream.SubscribeAsync(first.OnNextAsync);
        for (var i = 0; i < 5; i++)
        {
            await stream.OnNextAsync(i);
        }

        await OrleansCluster.Until("five events arrive", () => first.Items.Count >= 5);
        Collector again = new();
        var second = await stream.SubscribeAsync(again.OnNextAsync, first.Items.ElementAt(2).Token!);
        await OrleansCluster.Until("the later events are replayed", () => again.Items.Count >= 3);
        Assert.Equal([2, 3, 4], again.Items.Select(static e => e.Item));
        gate.SetResult();
        await slow.UnsubscribeAsync();
        await handle.UnsubscribeAsync();
        await second.UnsubscribeAsync();
    }

    [Fact]
    public async Task The_request_context_of_the_producer_reaches_the_consumer()
    {
        var stream = Stream(FeedCluster.Feed, Unique());
        TaskCompletionSource<object?> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var handle = await stream.SubscribeAsync((item, token) =>
        {
            _ = seen.TrySetResult(RequestContext.Get("trace"));
            return Task.CompletedTask;
        });
        RequestContext.Set("trace", "abc");
        await stream.OnNextAsync(1);
        RequestContext.Clear();
        Assert.Equal("abc", await seen.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_failed_read_is_repeated()
    {
        var stream = Stream(FeedCluster.Feed, Unique());
        Collector seen = new();
        var handle = await stream.SubscribeAsync(seen.OnNextAsync);
        FeedAdapter.Line(FeedCluster.Feed).FailOnce();
        await stream.OnNextAsync(1);
        await OrleansCluster.Until("the event arrives after the failed read", () => !seen.Items.IsEmpty);
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_small_cache_loses_nothing_and_acknowledges_what_is_done()
    {
        var stream = Stream(FeedCluster.Small, Unique());
        Collector seen = new();
        var handle = await stream.SubscribeAsync(seen.OnNextAsync);
        for (var i = 0; i < 200; i++)
        {
            await stream.OnNextAsync(i);
        }

        await OrleansCluster.Until("all events arrive", () => seen.Items.Count >= 200);
        Assert.Equal(Enumerable.Range(0, 200), seen.Items.Select(static e => e.Item));
        await OrleansCluster.Until("most events are acknowledged", () => FeedAdapter.Line(FeedCluster.Small).Acknowledged >= 150);
        await handle.UnsubscribeAsync();
    }

    [Fact]
    public async Task A_read_only_provider_refuses_producers()
        => await Assert.ThrowsAsync<InvalidOperationException>(() => Stream(FeedCluster.ReadOnly, Unique()).OnNextAsync(1));

    private sealed class Collector
    {
        public ConcurrentQueue<(int Item, StreamSequenceToken? Token)> Items { get; } = new();

        public Task OnNextAsync(int item, StreamSequenceToken? token)
        {
            Items.Enqueue((item, token));
            return Task.CompletedTask;
        }
    }
}
