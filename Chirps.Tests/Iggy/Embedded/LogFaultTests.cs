using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

public sealed class LogFaultTests : IDisposable
{
    private readonly LogTestKit _kit = new();
    private readonly FaultyDirectory _directory = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task A_frame_torn_anywhere_is_cut_off_and_all_before_it_stays()
    {
        var first = LogSegment.NameOf(0);
        var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 1);
        await LogTestKit.Append(log, 2);
        var end = (int)_directory[first].Length;
        await LogTestKit.Append(log, 3);
        var full = new byte[_directory[first].Length];
        _directory[first].Read(full, 0);

        for (var length = end; length < full.Length; length++)
        {
            var torn = new FaultyDirectory();
            torn.Create(first).Write(full.AsSpan(0, length), 0);
            await using var opened = _kit.Open(torn);
            Assert.Equal([1UL, 2UL], LogTestKit.Read(opened, 0).Select(message => message.Content));
            Assert.Equal(length - end, opened.TornBytes);
            Assert.Equal(2UL, (await LogTestKit.Append(opened, 4)).FirstOffset);
        }
    }

    [Fact]
    public async Task Any_flipped_bit_of_a_confirmed_message_is_refused_and_what_follows_is_served()
    {
        var first = LogSegment.NameOf(0);
        var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        var start = _directory[first].Length;
        await LogTestKit.Append(log, 1);
        var end = _directory[first].Length;
        await LogTestKit.Append(log, 2);
        await LogTestKit.Append(log, 3);

        for (var position = start; position < end; position++)
        {
            _directory[first].FlipBit(position, (int)position % 8);
            await using var opened = _kit.Open(Copy(_directory));
            Assert.Equal([(0UL, 0UL)], LogTestKit.Read(opened, 0));
            var refusal = Assert.Throws<LogCorruptException>(() => LogTestKit.Read(opened, 1));
            Assert.Equal((1UL, 2UL), (refusal.Offset, refusal.NextOffset));
            Assert.Equal([(2UL, 2UL), (3UL, 3UL)], LogTestKit.Read(opened, 2));
            Assert.Equal([(1UL, 2UL)], opened.Gaps);
            Assert.Equal(4UL, opened.NextOffset);
            _directory[first].FlipBit(position, (int)position % 8);
        }
    }

    [Fact]
    public async Task A_bit_that_flips_while_the_log_is_open_is_refused_too()
    {
        await using var log = _kit.Open(_directory);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => LogTestKit.Append(log, (ulong)number)));
        _directory[LogSegment.NameOf(0)].FlipBit(FrameHeader.Bytes + 70, 3);

        Assert.Throws<LogCorruptException>(() => LogTestKit.Read(log, 0));
        Assert.NotEmpty(LogTestKit.Read(log, 1));
    }

    [Fact]
    public async Task Damage_at_the_end_after_a_clean_stop_is_a_gap_and_its_offsets_are_not_used_again()
    {
        await using (var log = _kit.Open(_directory))
        {
            await LogTestKit.Append(log, 0);
            await LogTestKit.Append(log, 1);
        }

        _directory[LogSegment.NameOf(0)].FlipBit(_directory[LogSegment.NameOf(0)].Length - 1, 0);
        for (var restart = 0; restart < 2; restart++)
        {
            await using var again = _kit.Open(_directory);
            Assert.Equal([(0UL, 0UL)], LogTestKit.Read(again, 0));
            var refusal = Assert.Throws<LogCorruptException>(() => LogTestKit.Read(again, 1));
            Assert.Equal(2UL, refusal.NextOffset);
            Assert.Equal(2UL + (ulong)restart, (await LogTestKit.Append(again, 2)).FirstOffset);
        }
    }

    [Fact]
    public async Task A_missing_or_damaged_index_is_made_again()
    {
        await using (var log = _kit.Open(_directory))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(number => LogTestKit.Append(log, (ulong)number)));
        }

        var indexes = _directory.Files().Where(name => name.EndsWith(".index", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        _directory.Delete(indexes[0]);
        _directory[indexes[1]].FlipBit(60, 1);

        await using var again = _kit.Open(_directory);
        Assert.Equal(200, LogTestKit.Read(again, 0).Count);
        Assert.Equal(((ulong)60, (ulong)60), LogTestKit.Read(again, 60)[0]);
    }

    [Fact]
    public async Task A_full_disk_refuses_clearly_and_the_log_goes_on_when_there_is_room()
    {
        await using var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        for (var room = 0; room < 152; room++)
        {
            _directory.Room = room;
            await Assert.ThrowsAsync<DiskFullException>(() => LogTestKit.Append(log, 99));
        }

        _directory.Room = long.MaxValue;
        Assert.Equal(1UL, (await LogTestKit.Append(log, 1)).FirstOffset);
        Assert.Equal([0UL, 1UL], LogTestKit.Read(log, 0).Select(message => message.Content));
    }

    [Fact]
    public async Task A_disk_too_full_for_a_new_segment_refuses_and_the_log_goes_on()
    {
        await using var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0, payloadBytes: 3900);
        _directory.Room = 0;
        await Assert.ThrowsAsync<DiskFullException>(() => LogTestKit.Append(log, 99, payloadBytes: 3900));

        _directory.Room = long.MaxValue;
        Assert.Equal(1UL, (await LogTestKit.Append(log, 1, payloadBytes: 3900)).FirstOffset);
        Assert.Equal([0UL, 1UL], LogTestKit.Read(log, 0).Select(message => message.Content));
    }

    [Fact]
    public async Task A_failed_sync_is_never_success_later_and_nothing_confirmed_is_lost()
    {
        var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        _directory.FailingSyncs = 2;
        await Assert.ThrowsAsync<LogFailedException>(() => LogTestKit.Append(log, 98));
        await Assert.ThrowsAsync<LogFailedException>(() => LogTestKit.Append(log, 99));
        var after = await LogTestKit.Append(log, 1);

        _directory.LosePower(new Chirps.Engine.Time.SeededRandom(5));
        await using var again = _kit.Open(_directory);

        Assert.Equal(1UL, after.FirstOffset);
        Assert.Equal([0UL, 1UL], LogTestKit.Read(again, 0).Select(message => message.Content));
    }

    [Fact]
    public async Task What_was_confirmed_before_its_sync_failed_is_rescued_to_another_file()
    {
        using var kit = new LogTestKit { Settings = _kit.Settings with { Durability = Durability.Interval } };
        var log = kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        await log.SyncAsync();
        await LogTestKit.Append(log, 1);
        _directory.FailingSyncs = 1;
        await Assert.ThrowsAsync<LogFailedException>(() => log.SyncAsync());
        Assert.Equal([0UL, 1UL], LogTestKit.Read(log, 0).Select(message => message.Content));

        await log.SyncAsync();
        _directory.LosePower(new Chirps.Engine.Time.SeededRandom(5));
        await using var again = kit.Open(_directory);
        Assert.Equal([0UL, 1UL], LogTestKit.Read(again, 0).Select(message => message.Content));
    }

    [Fact]
    public async Task A_failed_write_whose_rest_cannot_be_removed_gives_the_file_up()
    {
        await using var log = _kit.Open(_directory);
        await LogTestKit.Append(log, 0);
        (_directory.Room, _directory.FailsToTruncate) = (60, true);
        await Assert.ThrowsAsync<LogFailedException>(() => LogTestKit.Append(log, 99));

        (_directory.Room, _directory.FailsToTruncate) = (long.MaxValue, false);
        await LogTestKit.Append(log, 1);
        Assert.Equal([0UL, 1UL], LogTestKit.Read(log, 0).Select(message => message.Content));
    }

    private static FaultyDirectory Copy(FaultyDirectory directory)
    {
        var copy = new FaultyDirectory();
        foreach (var name in directory.Files())
        {
            var bytes = new byte[directory[name].Length];
            directory[name].Read(bytes, 0);
            copy.Create(name).Write(bytes, 0);
        }

        return copy;
    }
}
