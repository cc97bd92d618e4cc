using Chirps.Iggy.Client;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Chirps.Tests.Iggy.Backend;
using Chirps.Tests.Iggy.Embedded;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Durable;

/// <summary>Replays of channels on a configured server, of which a part has gone.</summary>
public sealed class ReplayGapTests : IAsyncLifetime
{
    private readonly DurableMesh _mesh = new();
    private ServerKit _server = null!;
    private IggyClient _client = null!;
    private IDurableChannels _channels = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerKit.StartAsync(options => options with { SegmentBytes = 1024 });
        _client = _server.Connect();
        var options = _mesh.Options("a");
        options.Backends.Iggy.Url = $"iggy://iggy:{ServerKit.Password}@127.0.0.1:{_server.Server.LocalEndPoint.Port}?dialect=classic";
        options.Backends.Iggy.Partitions = 1;
        var node = await _mesh.StartAsync(options);
        await _mesh.ReachesServer(node);
        _channels = _mesh.Channels(node);
    }

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_offset_that_is_gone_gives_a_gap_with_the_retained_range_and_goes_on_there()
    {
        await Publish(30);
        await _client.DeleteSegmentsAsync("chirps", "orders", 0, 2);
        var report = (await _channels.FindAsync("orders"))!.Partitions[0];
        Assert.InRange(report.FirstOffset, 1ul, 29ul);

        var items = await Items(new ReplaySettings { From = ReplayStart.Offset(0) });

        Assert.Equal(new ReplayGap(0, report.FirstOffset, 30), items[0].Gap);
        Assert.Equal(Enumerable.Range((int)report.FirstOffset, 30 - (int)report.FirstOffset).Select(offset => (ulong)offset), items.Skip(1).Select(item => item.Offset));
        Assert.Equal(items.Skip(1).Select(item => item.Offset), (await Items(new ReplaySettings())).Select(item => item.Offset));
    }

    [Fact]
    public async Task A_channel_that_is_emptied_is_followed_from_its_new_beginning()
    {
        await Publish(3);
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        await using var reader = (await _channels.ReplayAsync("orders", new ReplaySettings { Follow = true })).GetAsyncEnumerator(patience.Token);
        for (var count = 0; count < 3; count++)
        {
            await reader.MoveNextAsync();
        }

        await _client.PurgeTopicAsync("chirps", "orders");
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(new ReplayGap(3, 0, 0), reader.Current.Gap);
        await Publish(1);

        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((0ul, null), (reader.Current.Offset, reader.Current.Gap));
    }

    [Fact]
    public async Task A_configured_server_that_stays_away_is_an_error_that_says_so()
    {
        await Publish(1);
        await _server.Server.DisposeAsync();

        var failed = await Assert.ThrowsAsync<ChannelException>(() => _channels.ListAsync());

        Assert.Equal(ChannelFault.Unavailable, failed.Fault);
        Assert.Null(_channels.Status.Host.IsDefault ? null : "a host");
    }

    [Fact]
    public async Task Messages_of_other_programs_are_replayed_without_what_only_chirps_knows()
    {
        await Publish(1);
        await _client.SendAsync("chirps", "orders", Partitioning.To(0), ServerKit.Message(7));

        var items = await Items(new ReplaySettings());

        Assert.NotNull(items[0].Header);
        Assert.Null(items[1].Header);
        Assert.Equal("7"u8.ToArray(), items[1].Payload);
    }

    private async Task Publish(int count)
    {
        for (var number = 0; number < count; number++)
        {
            Assert.Equal(Outcome.Persisted, (await _channels.PublishAsync("orders", "x"u8.ToArray())).Outcome);
        }
    }

    private async Task<List<ReplayItem>> Items(ReplaySettings settings)
    {
        var items = new List<ReplayItem>();
        await foreach (var item in await _channels.ReplayAsync("orders", settings))
        {
            items.Add(item);
        }

        return items;
    }
}
