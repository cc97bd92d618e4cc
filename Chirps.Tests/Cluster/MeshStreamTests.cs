using Chirps.Grains.MeshStream;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

/// <summary>How what the node has comes to Orleans: at once, whole, and with room that is bounded.</summary>
public sealed class MeshStreamTests : IDisposable
{
    private static readonly StreamId _stream = ChirpsStreams.Messages("orders");

    private readonly MeshStreamAdapter _adapter = new("streams", NullLoggerFactory.Instance);
    private readonly IQueueAdapterReceiver _receiver;

    public MeshStreamTests() => _receiver = _adapter.CreateReceiver(_adapter.GetStreamQueueMapper().GetQueueForStream(_stream));

    public void Dispose() => _adapter.Dispose();

    [Fact]
    public async Task A_reader_gets_what_is_published_at_once_without_asking_again()
    {
        var reading = _receiver.GetQueueMessagesAsync(10);
        Assert.False(reading.IsCompleted);

        await Publish("one", "two");

        var batch = Assert.Single(await reading);
        Assert.Equal(_stream, batch.StreamId);
        Assert.Equal(["one", "two"], batch.GetEvents<string>().Select(item => item.Item1));
    }

    [Fact]
    public async Task Batches_keep_their_order_and_have_rising_tokens()
    {
        for (var number = 0; number < 5; number++)
        {
            await Publish($"{number}");
        }

        var batches = (await _receiver.GetQueueMessagesAsync(3)).Concat(await _receiver.GetQueueMessagesAsync(3)).ToArray();

        Assert.Equal(["0", "1", "2", "3", "4"], batches.SelectMany(batch => batch.GetEvents<string>()).Select(item => item.Item1));
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.True(pair.First.SequenceToken.CompareTo(pair.Second.SequenceToken) < 0));
    }

    [Fact]
    public async Task A_publisher_waits_while_the_queue_is_full()
    {
        var publishing = Publish("0");
        for (var number = 1; publishing.IsCompletedSuccessfully; number++)
        {
            publishing = Publish($"{number}");
        }

        Assert.NotEmpty(await _receiver.GetQueueMessagesAsync(1));

        await publishing;
    }

    [Fact]
    public async Task A_silo_that_stops_lets_reader_and_publisher_go()
    {
        var reading = _receiver.GetQueueMessagesAsync(10);

        _adapter.Stop();

        Assert.Empty(await reading);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Publish("late"));
    }

    [Fact]
    public void Long_messages_fill_the_cache_by_their_bytes_until_they_are_delivered()
    {
        var cache = (MeshStreamCache)_adapter.CreateQueueCache(_adapter.GetStreamQueueMapper().GetQueueForStream(_stream));
        var message = new MeshMessage(new NodeId("a"), "orders", MessageProfile.Control, Guid.NewGuid(), new byte[4 << 20]);
        var count = 0;
        while (!cache.IsUnderPressure())
        {
            cache.AddToCache([new MeshStreamBatch(_stream, new EventSequenceTokenV2(++count), [message])]);
        }

        Assert.True(cache.TryPurgeFromCache(out _));

        Assert.InRange(count, 2, 100);
        Assert.False(cache.IsUnderPressure());
    }

    private Task Publish(params string[] events) => _adapter.QueueMessageBatchAsync(_stream, events, null, []);
}
