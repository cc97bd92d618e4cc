using Chirps.Iggy.Embedded;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;

namespace Chirps.Tests.Iggy.Embedded;

public sealed class OffsetStoreTests : IDisposable
{
    private readonly LogTestKit _kit = new() { Settings = new LogSettings { SegmentBytes = 4096, DeduplicationWindow = 0 } };
    private readonly FaultyDirectory _directory = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task Offsets_survive_a_crash_and_their_log_does_not_grow_without_end()
    {
        var log = _kit.Open(_directory);
        var store = new OffsetStore(log);
        for (var round = 0UL; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(consumer => store.StoreAsync(Key((uint)consumer), round)));
            await store.MaintainAsync();
        }

        Assert.InRange(log.SizeBytes, 1, 3 * 4096);
        _directory.LosePower(new Chirps.Engine.Time.SeededRandom(3));
        await using var again = new OffsetStore(_kit.Open(_directory));
        Assert.All(Enumerable.Range(0, 20), consumer => Assert.Equal(19UL, again.Find(Key((uint)consumer))));
    }

    [Fact]
    public async Task A_consumers_number_name_and_a_group_are_three_different_things()
    {
        await using var store = new OffsetStore(_kit.Open(_directory));
        await store.StoreAsync(new OffsetKey(1, 0, IggyConsumer.Of(7)), 1);
        await store.StoreAsync(new OffsetKey(1, 0, IggyConsumer.Of("7")), 2);
        await store.StoreAsync(new OffsetKey(1, 0, IggyConsumer.Group(7)), 3);
        await store.RemoveAsync(key => key.Consumer.IsGroup);

        Assert.Equal(1UL, store.Find(new OffsetKey(1, 0, IggyConsumer.Of(7))));
        Assert.Equal(2UL, store.Find(new OffsetKey(1, 0, IggyConsumer.Of("7"))));
        Assert.Null(store.Find(new OffsetKey(1, 0, IggyConsumer.Group(7))));
    }

    private static OffsetKey Key(uint consumer) => new(1, 0, IggyConsumer.Of(consumer));
}
