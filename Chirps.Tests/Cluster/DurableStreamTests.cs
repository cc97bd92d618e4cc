using Chirps.Tests.Quic;

namespace Chirps.Tests.Cluster;

public sealed class DurableStreamTests : IAsyncLifetime
{
    private DurableCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await DurableCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_subscription_without_a_token_gets_what_is_published_after_it_in_order()
    {
        var heard = await _cluster.SubscribeAsync(null);

        await _cluster.PublishAsync(0, 50);

        await heard.Until(50);
        Assert.Equal(Enumerable.Range(0, 50), heard.Numbers);
    }

    [Fact]
    public async Task A_subscription_without_a_token_begins_at_the_servers_end_of_the_channel()
    {
        await _cluster.PublishAsync(0, 10);
        var first = await HeardFromTheEndAsync();

        Assert.DoesNotContain(first.Numbers, number => number < 10);
    }

    [Fact]
    public async Task A_subscription_from_the_beginning_gets_all_and_one_from_an_offset_the_rest()
    {
        await _cluster.PublishAsync(0, 20);

        var all = await _cluster.SubscribeAsync(DurableToken.Beginning);
        var rest = await _cluster.SubscribeAsync(DurableToken.At(15));

        await all.Until(20);
        await rest.Until(5);
        Assert.Equal(Enumerable.Range(0, 20), all.Numbers);
        Assert.Equal(Enumerable.Range(15, 5), rest.Numbers);
    }

    [Fact]
    public async Task A_subscription_from_an_instant_begins_with_what_was_stored_then()
    {
        await _cluster.PublishAsync(0, 5);
        await _cluster.PublishAsync(5, 5);
        var first = await _cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(10);
        var instant = first.Entries.ElementAt(5).StoredAt;

        var since = await _cluster.SubscribeAsync(DurableToken.At(instant));

        await since.Until(numbers => numbers.Contains(9));
        Assert.Contains(5, since.Numbers);
        Assert.All(since.Entries, entry => Assert.True(entry.StoredAt >= instant));
    }

    [Fact]
    public async Task The_token_of_a_message_rewinds_to_it()
    {
        await _cluster.PublishAsync(0, 10);
        var first = await _cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(10);

        var again = await _cluster.SubscribeAsync((DurableToken)first.Tokens.ElementAt(7));

        await again.Until(3);
        Assert.Equal([7, 8, 9], again.Numbers);
    }

    [Fact]
    public async Task A_channel_that_lost_its_last_subscriber_serves_the_next_although_nothing_new_comes()
    {
        await _cluster.PublishAsync(0, 3);
        var first = await _cluster.SubscribeAsync(DurableToken.Beginning);
        await first.Until(3);
        await first.Handle!.UnsubscribeAsync();

        var second = await _cluster.SubscribeAsync(DurableToken.Beginning);

        await second.Until(3);
        Assert.Equal([0, 1, 2], second.Numbers);
    }

    [Fact]
    public async Task A_grain_that_subscribes_implicitly_gets_the_messages_of_its_channel()
    {
        await _cluster.PublishAsync(0, 5, channel: DurableListener.Channel);

        await Expect.Eventually(() => DurableListener.Heard.Count >= 5, "the grain has its messages");
        Assert.Equal([0, 1, 2, 3, 4], DurableListener.Heard);
    }

    [Fact]
    public async Task One_batch_may_have_many_keys_and_more_messages_than_one_request()
    {
        var heard = await _cluster.SubscribeAsync(null);

        await _cluster.PublishAsync(0, 3000, number => $"key-{number % 7}");

        await heard.Until(3000);
        Assert.All(heard.Entries.GroupBy(entry => entry.Key), key => Assert.Equal(key.Select(DurableObserver.Number).Order(), key.Select(DurableObserver.Number)));
    }

    [Fact]
    public async Task A_named_reader_goes_on_after_a_restart_of_the_silo()
    {
        await _cluster.PublishAsync(0, 10);
        var before = await _cluster.SubscribeAsync(DurableToken.Resume("billing"));
        await before.Until(10);
        await _cluster.StopSiloAsync();
        await _cluster.StartSiloAsync();
        await _cluster.PublishAsync(10, 5);

        var after = await _cluster.SubscribeAsync(DurableToken.Resume("billing"));

        await after.Until(numbers => numbers.Contains(14));
        Assert.DoesNotContain(0, after.Numbers);
        Assert.Equal(Enumerable.Range(10, 5), after.Numbers.Where(number => number >= 10));
    }

    [Fact]
    public async Task A_named_reader_goes_on_after_a_crash_of_the_silo_where_its_progress_was_stored()
    {
        await _cluster.PublishAsync(0, 10);
        var before = await _cluster.SubscribeAsync(DurableToken.Resume("billing"));
        await before.Until(10);
        await ProgressAsync("billing", 9);
        await _cluster.CrashSiloAsync();
        await _cluster.StartSiloAsync();
        await _cluster.PublishAsync(10, 5);

        var after = await _cluster.SubscribeAsync(DurableToken.Resume("billing"));

        await after.Until(5);
        Assert.Equal(Enumerable.Range(10, 5), after.Numbers);
    }

    [Fact]
    public async Task A_stopped_silo_reads_no_more()
    {
        await _cluster.PublishAsync(0, 3);
        var heard = await _cluster.SubscribeAsync(DurableToken.Beginning);
        await heard.Until(3);
        var metrics = _cluster.Metrics;
        Assert.True(metrics.Readers > 0);

        await _cluster.StopSiloAsync();

        Assert.Equal(0, metrics.Readers);
        await _cluster.StartSiloAsync();
    }

    /// <summary>A subscription of which it is sure that the silo knew of the ten messages before.</summary>
    private async Task<DurableObserver> HeardFromTheEndAsync()
    {
        var all = await _cluster.SubscribeAsync(DurableToken.Beginning);
        await all.Until(10);
        for (var marker = 10; ; marker++)
        {
            var heard = await _cluster.SubscribeAsync(null);
            await _cluster.PublishAsync(marker, 1);
            await heard.Until(numbers => numbers.Contains(marker));
            if (heard.Numbers[0] >= 10 || marker == 200)
            {
                return heard;
            }

            await heard.Handle!.UnsubscribeAsync();
        }
    }

    private async Task ProgressAsync(string reader, ulong offset)
    {
        var client = _cluster.Kit.Connect();
        var stored = 0UL;
        await Expect.Eventually(
            () => (stored = client.GetOffsetAsync(Chirps.Iggy.Protocol.IggyConsumer.Of(reader), "s", DurableCluster.Channel, 0).AsTask().GetAwaiter().GetResult()?.StoredOffset ?? 0) == offset,
            "the progress is stored");
        Assert.Equal(offset, stored);
    }
}
