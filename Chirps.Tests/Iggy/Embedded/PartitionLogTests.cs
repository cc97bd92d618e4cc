using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

public sealed class PartitionLogTests : IDisposable
{
    private readonly LogTestKit _kit = new();
    private readonly FaultyDirectory _directory = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task Messages_get_ascending_offsets_and_are_read_back_from_any_of_them()
    {
        await using var log = _kit.Open(_directory);
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => LogTestKit.Append(log, (ulong)number)));

        Assert.Equal(Enumerable.Range(0, 200).Select(number => (ulong)number), results.Select(result => result.FirstOffset));
        Assert.Equal(Enumerable.Range(150, 50).Select(number => ((ulong)number, (ulong)number)), LogTestKit.Read(log, 150));
        Assert.Equal(new (ulong, ulong)[] { (3, 3), (4, 4) }, LogTestKit.Read(log, 3, count: 2));
        Assert.Empty(LogTestKit.Read(log, 200));
        Assert.True(log.SegmentCount > 3);
    }

    [Fact]
    public async Task A_read_stops_at_its_limit_of_bytes_but_gives_one_message_of_any_size()
    {
        await using var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 1, payloadBytes: 1000);
        await LogTestKit.Append(log, 2);

        Assert.Single(LogTestKit.Read(log, 0, bytesMax: 1));
        Assert.Single(LogTestKit.Read(log, 0, bytesMax: 1064 + 103));
        Assert.Equal(2, LogTestKit.Read(log, 0, bytesMax: 1064 + 104).Count);
        Assert.Empty(LogTestKit.Read(log, 0, count: 0));
    }

    [Fact]
    public async Task Appends_that_come_together_share_one_sync()
    {
        await using var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        var before = _directory.Syncs;

        // Held back by a job of the log, they are all waiting when their turn comes.
        var appends = Enumerable.Range(0, 20).Select(number => LogTestKit.Append(log, (ulong)number)).ToArray();
        await Task.WhenAll(appends);

        Assert.InRange(_directory.Syncs - before, 1, 10);
    }

    [Fact]
    public async Task What_was_confirmed_is_there_after_a_restart()
    {
        await using (var log = _kit.Open(_directory))
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(number => LogTestKit.Append(log, (ulong)number)));
        }

        await using var again = _kit.Open(_directory);
        Assert.Equal(100UL, again.NextOffset);
        Assert.Equal(0L, again.TornBytes);
        Assert.Equal(100, LogTestKit.Read(again, 0).Count);
    }

    [Fact]
    public async Task A_message_id_is_stored_once_within_the_window_and_across_a_restart()
    {
        await using (var log = _kit.Open(_directory))
        {
            await log.AppendAsync(LogTestKit.Message(7, 70), 1);
            await log.AppendAsync(LogTestKit.Message(8, 80), 1);
        }

        await using var again = _kit.Open(_directory);
        var repeated = await again.AppendAsync(LogTestKit.Message(7, 70), 1);
        byte[] mixed = [.. LogTestKit.Message(8, 80), .. LogTestKit.Message(9, 90), .. LogTestKit.Message(9, 90)];
        var partly = await again.AppendAsync(mixed, 3);

        Assert.Equal(new AppendResult(0, 0, 0), repeated);
        Assert.Equal((1ul, 2ul, 1), (partly.FirstOffset, partly.LastOffset, partly.Stored));
        Assert.Equal([1ul, 2, 2], partly.Offsets!);
        Assert.Equal([70UL, 80UL, 90UL], LogTestKit.Read(again, 0).Select(message => message.Content));
    }

    [Fact]
    public async Task A_message_id_is_stored_again_once_it_has_left_the_window()
    {
        await using var log = _kit.Open(_directory);
        for (var id = 1; id <= 17; id++)
        {
            await log.AppendAsync(LogTestKit.Message((UInt128)id, (ulong)id), 1);
        }

        var inside = await log.AppendAsync(LogTestKit.Message(2, 2), 1);
        var outside = await log.AppendAsync(LogTestKit.Message(1, 1), 1);

        Assert.Equal(0, inside.Stored);
        Assert.Equal(1, outside.Stored);
    }

    [Fact]
    public async Task An_instant_leads_to_the_first_message_stored_at_it_or_later()
    {
        var time = new StepTime();
        using var kit = new LogTestKit { Time = time };
        await using var log = kit.Open(_directory);
        for (var number = 0UL; number < 100; number++)
        {
            time.Microseconds = 1000 + (long)(number * 10);
            await LogTestKit.Append(log, number);
        }

        Assert.Equal(0UL, log.OffsetAt(0));
        Assert.Equal(50UL, log.OffsetAt(1500));
        Assert.Equal(51UL, log.OffsetAt(1501));
        Assert.Equal(100UL, log.OffsetAt(2000));
    }

    [Fact]
    public async Task Retention_by_size_removes_the_oldest_segments_and_keeps_the_newest()
    {
        await using var log = _kit.Open(_directory);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => LogTestKit.Append(log, (ulong)number)));
        log.Settings = log.Settings with { SizeBytesMax = 10_000 };

        await log.TrimAsync();

        Assert.InRange(log.SizeBytes, 1, 10_000);
        Assert.True(log.StartOffset > 100);
        Assert.Equal(log.StartOffset, LogTestKit.Read(log, 0)[0].Offset);
        Assert.Equal(200UL, log.NextOffset);
    }

    [Fact]
    public async Task Retention_by_age_removes_what_has_expired_and_never_gives_an_offset_twice()
    {
        var time = new StepTime { Microseconds = 1_000_000 };
        using var kit = new LogTestKit { Time = time };
        await using var log = kit.Open(_directory);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => LogTestKit.Append(log, (ulong)number)));
        log.Settings = log.Settings with { ExpiryMicroseconds = 500 };

        await log.TrimAsync();
        Assert.Equal(0UL, log.StartOffset);
        time.Microseconds += 501;
        await log.TrimAsync();

        Assert.Equal(100UL, log.StartOffset);
        Assert.Equal(100UL, (await LogTestKit.Append(log, 1)).FirstOffset);
    }

    [Fact]
    public async Task A_purge_leaves_an_empty_log_that_begins_at_zero()
    {
        await using (var log = _kit.Open(_directory))
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(number => LogTestKit.Append(log, (ulong)number)));
            await log.PurgeAsync();
            Assert.Empty(LogTestKit.Read(log, 0));
            Assert.Equal(0UL, (await LogTestKit.Append(log, 42)).FirstOffset);
        }

        await using var again = _kit.Open(_directory);
        Assert.Equal([(0UL, 42UL)], LogTestKit.Read(again, 0));
    }

    [Fact]
    public async Task Bytes_that_are_not_messages_are_refused_and_change_nothing()
    {
        await using var log = _kit.Open(_directory);
        var message = LogTestKit.Message(1, 1);

        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(message, 2));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(message, 0));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(message.AsMemory(0, 63), 1));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(message.AsMemory(0, 100), 1));

        Assert.Equal(0UL, log.NextOffset);
    }

    [Fact]
    public async Task A_closed_log_refuses_and_has_finished_what_it_accepted()
    {
        var log = _kit.Open(_directory);
        var accepted = Enumerable.Range(0, 50).Select(number => LogTestKit.Append(log, (ulong)number)).ToArray();
        await log.DisposeAsync();

        await Task.WhenAll(accepted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => LogTestKit.Append(log, 1));
    }

    private sealed class StepTime : TimeProvider
    {
        public long Microseconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Microseconds * 10);
    }
}
