using System.Collections.Concurrent;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Grains.DurableStream;
using Chirps.Iggy.Channels;
using Chirps.Tests.Iggy.Embedded;
using Chirps.Tests.Quic;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Chirps.Tests.Cluster;

public sealed class DurableStreamTests : IAsyncLifetime
{
    private const string ServerKey = "ChirpsTest:Server";
    private static readonly ConcurrentDictionary<string, ChannelServer> _servers = new();

    private readonly string _id = Guid.NewGuid().ToString();
    private ServerKit _kit = null!;
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _kit = await ServerKit.StartAsync();
        _servers[_id] = new ChannelServer(_kit.Connect(), "s", partitions: 1);
        _cluster = await StartSiloAsync();
    }

    public async Task DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        _ = _servers.TryRemove(_id, out _);
        await _kit.DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_without_a_token_gets_what_is_published_after_it_in_order()
    {
        var heard = await SubscribeAsync(null);

        await PublishAsync(0, 50);

        await heard.Until(50);
        Assert.Equal(Enumerable.Range(0, 50), heard.Numbers);
    }

    [Fact]
    public async Task A_subscription_from_the_beginning_gets_all_and_one_from_an_offset_the_rest()
    {
        await PublishAsync(0, 20);

        var all = await SubscribeAsync(DurableToken.Beginning);
        var rest = await SubscribeAsync(DurableToken.At(15));

        await all.Until(20);
        await rest.Until(5);
        Assert.Equal(Enumerable.Range(0, 20), all.Numbers);
        Assert.Equal(Enumerable.Range(15, 5), rest.Numbers);
    }

    [Fact]
    public async Task A_subscription_from_an_instant_begins_with_what_was_stored_then()
    {
        await PublishAsync(0, 5);
        var first = await SubscribeAsync(DurableToken.Beginning);
        await first.Until(5);

        var since = await SubscribeAsync(DurableToken.At(first.Entries.ElementAt(3).StoredAt));

        await since.Until(2);
        Assert.Equal(4, since.Numbers[^1]);
        Assert.Contains(3, since.Numbers);
        Assert.All(since.Entries, entry => Assert.True(entry.StoredAt >= first.Entries.ElementAt(3).StoredAt));
    }

    [Fact]
    public async Task The_token_of_a_message_rewinds_to_it()
    {
        await PublishAsync(0, 10);
        var first = await SubscribeAsync(DurableToken.Beginning);
        await first.Until(10);

        var again = await SubscribeAsync((DurableToken)first.Tokens.ElementAt(7));

        await again.Until(3);
        Assert.Equal([7, 8, 9], again.Numbers);
    }

    [Fact]
    public async Task A_named_reader_goes_on_after_a_restart_of_the_silo()
    {
        await PublishAsync(0, 10);
        var before = await SubscribeAsync(DurableToken.Resume("billing"));
        await before.Until(10);
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        _cluster = await StartSiloAsync();
        await PublishAsync(10, 5);

        var after = await SubscribeAsync(DurableToken.Resume("billing"));

        await after.Until(numbers => numbers.Contains(14));
        Assert.DoesNotContain(0, after.Numbers);
        Assert.Equal(Enumerable.Range(10, 5), after.Numbers.Where(number => number >= 10));
    }

    [Fact]
    public async Task A_poison_message_goes_to_the_dead_letters_and_the_rest_goes_on()
    {
        var heard = await SubscribeAsync(null, poison: 3);

        await PublishAsync(0, 6);

        await heard.Until(5);
        Assert.Equal([0, 1, 2, 4, 5], heard.Numbers);
        var dead = await SubscribeAsync(DurableToken.Beginning, channel: "orders" + ChirpsStreams.DeadLetterSuffix);
        await dead.Until(1);
        Assert.Equal([3], dead.Numbers);
        Assert.Equal(1, _cluster.GetSiloServiceProvider().GetRequiredService<DurableStreamMetrics>().DeadLetters);
        _ = Assert.IsType<StreamEventDeliveryFailureException>(Assert.Single(heard.Errors));
    }

    [Fact]
    public async Task A_purged_offset_gives_a_gap_with_the_retained_range_and_reading_goes_on()
    {
        await PublishAsync(0, 10);
        await _kit.Connect().PurgeTopicAsync("s", "orders");
        await PublishAsync(100, 3);

        var heard = await SubscribeAsync(DurableToken.At(5));

        await heard.Until(3);
        Assert.Equal([100, 101, 102], heard.Numbers);
        var gap = Assert.IsType<DurableGapException>(Assert.Single(heard.Errors));
        Assert.Equal((0, 5UL), (gap.Partition, gap.Wanted));
        Assert.Equal(gap.First, heard.Entries.First().Offset);
    }

    [Fact]
    public async Task A_reader_that_nobody_takes_from_holds_no_more_than_its_room()
    {
        await PublishAsync(0, 40);

        await using var reader = new ChannelReader(_servers[_id], "orders", new ChannelStart(), new ChannelReaderOptions { ReadAhead = 8, BatchMax = 4 });

        await Expect.Eventually(() => reader.Waiting == 8, "the room is full");
        for (var number = 0; number < 40; number++)
        {
            Assert.Equal((ulong)number, (await reader.TakeAsync()).Offset);
            Assert.True(reader.Waiting <= 8);
        }
    }

    private async Task<TestCluster> StartSiloAsync()
    {
        var builder = new TestClusterBuilder(1);
        builder.ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?> { [ServerKey] = _id }));
        builder.AddSiloBuilderConfigurator<Silo>();
        builder.AddClientBuilderConfigurator<ClientSide>();
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private IAsyncStream<DurableEntry> Stream(string channel) => _cluster.Client.GetStreamProvider(ChirpsStreams.DurableProvider).GetStream<DurableEntry>(ChirpsStreams.Durable(channel));

    private Task PublishAsync(int first, int count)
        => Stream("orders").OnNextBatchAsync(Enumerable.Range(first, count).Select(number => new DurableEntry(Encoding.UTF8.GetBytes($"{number}"))));

    private async Task<DurableObserver> SubscribeAsync(DurableToken? token, int? poison = null, string channel = "orders")
    {
        var observer = new DurableObserver(poison);
        _ = await Stream(channel).SubscribeAsync(observer, token);
        return observer;
    }

    private static DurableStreamOptions Options(IConfiguration configuration) => new()
    {
        Server = _servers[configuration[ServerKey]!],
        Node = MemberId.Parse("a"),
        RetryTime = TimeSpan.FromMilliseconds(200),
    };

    private sealed class Silo : ISiloConfigurator
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
