using System.Collections.Concurrent;
using Chirps.Engine.Membership;
using RaftKv.Core;
using RaftKv.Storage;

namespace Chirps.Tests.Raft;

public sealed class SharedLogTests : IDisposable
{
    private static readonly Configuration _voters = new([MemberId.Parse("a"), MemberId.Parse("b"), MemberId.Parse("c")]);

    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-raft-log-").FullName;
    private readonly ConcurrentQueue<(ulong Group, PersistRequest Request)> _stored = new();
    private SortedDictionary<ulong, GroupImage> _images = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_stored_is_there_after_a_restart_for_each_group()
    {
        using (var log = Open())
        {
            log.Post(1, new PersistRequest { Hard = new HardState(3, MemberId.Parse("b")), Entries = [Entry(2, 1), Entry(3, 2)] });
            log.Post(2, new PersistRequest { Entries = [Entry(1, 1, size: 5000)] });
        }

        using var again = Open();
        var (one, two) = (_images[1].ToLog(_voters), _images[2].ToLog(_voters));

        Assert.Equal(new HardState(3, MemberId.Parse("b")), _images[1].Hard);
        Assert.Equal((2UL, 3UL, 1UL), (one.Last, one.LastTerm, two.Last));
        Assert.Equal(5000, two.LengthAt(1));
    }

    [Fact]
    public void A_later_entry_of_an_index_takes_the_place_of_it_and_of_all_behind_it()
    {
        using (var log = Open())
        {
            log.Post(1, new PersistRequest { Entries = [Entry(1, 1), Entry(1, 2), Entry(1, 3)] });
            log.Post(1, new PersistRequest { Entries = [Entry(2, 2)] });
        }

        using var again = Open();
        var image = _images[1].ToLog(_voters);

        Assert.Equal((2UL, 2UL), (image.Last, image.LastTerm));
    }

    [Fact]
    public void Every_torn_end_is_cut_off_and_what_was_stored_before_it_stays()
    {
        long first;
        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Entries = [Entry(1, 1)] });
            first = new FileInfo(Newest()).Length;
            Store(log, 1, new PersistRequest { Entries = [Entry(1, 2), Entry(1, 3)] });
        }

        var whole = File.ReadAllBytes(Newest());
        for (var length = 0; length < whole.Length; length++)
        {
            var torn = length % 3;
            File.WriteAllBytes(Newest(), [.. whole[..length], .. Enumerable.Repeat((byte)0xEE, torn)]);

            using var log = Open();

            Assert.Equal(length >= first ? 1UL : 0, _images.TryGetValue(1, out var image) ? image.ToLog(_voters).Last : 0);
            Assert.Equal(length + torn - (length >= first ? first : 0), log.TornBytes);
        }
    }

    [Fact]
    public void A_damaged_byte_anywhere_never_becomes_an_entry()
    {
        using (var log = Open())
        {
            log.Post(1, new PersistRequest { Entries = [Entry(1, 1)] });
        }

        var path = Directory.GetFiles(_directory).Single();
        var whole = File.ReadAllBytes(path);
        for (var position = 0; position < whole.Length; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= 0x10;
            var images = new SortedDictionary<ulong, GroupImage>();

            Assert.Equal(0, new LogReplay(images).Read(LogSegment.At("", 1), damaged, isNewest: true));
            Assert.Empty(images);
        }
    }

    [Fact]
    public void Old_files_go_once_snapshots_cover_them_and_the_rest_can_be_read()
    {
        using (var log = Open(segmentBytes: 4096))
        {
            for (var index = 1UL; index <= 100; index++)
            {
                log.Post(1, new PersistRequest { Entries = [Entry(1, index, size: 500)] });
                log.Post(2, new PersistRequest { Hard = new HardState(index, default) });
                Wait(() => _stored.Count == (int)(2 * index));
            }

            var before = log.Segments;
            log.Post(1, new PersistRequest { Snapshot = new SnapshotPoint(95, 1, _voters), EntriesStay = true });
            Wait(() => _stored.Count == 201);
            Wait(() => log.Segments < 4);

            Assert.InRange(before, 8, 20);
        }

        using var again = Open();
        var image = _images[1].ToLog(_voters);
        Assert.Equal((95UL, 100UL, 100UL), (image.Snapshot.Index, image.Last, _images[2].Hard.Term));
    }

    [Fact]
    public void A_file_before_the_last_that_is_damaged_is_not_passed_over()
    {
        using (var log = Open(segmentBytes: 1024))
        {
            for (var index = 1UL; index <= 10; index++)
            {
                log.Post(1, new PersistRequest { Entries = [Entry(1, index, size: 500)] });
                Wait(() => _stored.Count == (int)index);
            }
        }

        var first = Directory.GetFiles(_directory).Order().First();
        File.WriteAllBytes(first, File.ReadAllBytes(first)[..^1]);

        Assert.Throws<InvalidDataException>(() => Open().Dispose());
    }

    [Fact]
    public void Requests_of_many_groups_share_a_sync()
    {
        using var log = Open();

        for (var number = 0; number < 2000; number++)
        {
            log.Post((ulong)(number % 100), new PersistRequest { Entries = [Entry(1, 1 + ((ulong)number / 100))] });
        }

        Wait(() => _stored.Count == 2000);
        Assert.Equal(2000, log.Requests);
        Assert.InRange(log.Syncs, 1, 1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Entries_behind_a_snapshot_stay_though_the_file_with_the_entry_at_its_index_is_gone(int more)
    {
        var index = 0UL;
        using (var log = Open(segmentBytes: 4096))
        {
            Store(log, 1, new PersistRequest { Hard = new HardState(3, MemberId.Parse("b")) });
            Fill(log, 1, ref index, until: () => log.Segments == 2);
            var snapshot = index;
            Store(log, 1, new PersistRequest { Entries = [Entry(3, ++index), Entry(3, ++index)] });
            Store(log, 1, new PersistRequest { Snapshot = new SnapshotPoint(snapshot, 3, _voters), EntriesStay = true });
            Wait(() => log.Segments == 1);
            for (; more > 0; more--)
            {
                Store(log, 1, new PersistRequest { Entries = [Entry(3, ++index)] });
            }
        }

        using var again = Open();

        Assert.Equal((index, 3UL), (_images[1].ToLog(_voters).Last, _images[1].Hard.Term));
    }

    [Fact]
    public void Entries_behind_the_snapshot_of_another_log_go()
    {
        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Entries = [Entry(1, 1), Entry(1, 2), Entry(1, 3)] });
            Store(log, 1, new PersistRequest { Snapshot = new SnapshotPoint(2, 2, _voters) });
        }

        using var again = Open();

        Assert.Equal((2UL, 2UL), (_images[1].ToLog(_voters).Last, _images[1].ToLog(_voters).LastTerm));
    }

    [Fact]
    public void A_kill_while_a_file_is_begun_loses_neither_term_nor_vote_nor_snapshot()
    {
        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Hard = new HardState(7, MemberId.Parse("b")), Entries = [Entry(7, 1), Entry(7, 2)] });
            Store(log, 2, new PersistRequest { Hard = new HardState(9, MemberId.Parse("c")), Snapshot = new SnapshotPoint(4, 9, _voters) });
        }

        File.WriteAllBytes(Path.Combine(_directory, "000000000002.log"), []);
        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Snapshot = new SnapshotPoint(2, 7, _voters), EntriesStay = true });
            Wait(() => log.Segments == 1);
        }

        using var again = Open();

        Assert.Equal((new HardState(7, MemberId.Parse("b")), 2UL), (_images[1].Hard, _images[1].Snapshot.Index));
        Assert.Equal((new HardState(9, MemberId.Parse("c")), 4UL), (_images[2].Hard, _images[2].Snapshot.Index));
    }

    [Fact]
    public void What_is_read_is_synced_with_the_state_of_every_group_before_anything_else_is_stored()
    {
        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Hard = new HardState(4, MemberId.Parse("b")), Entries = [Entry(4, 1)] });
        }

        var before = new FileInfo(Newest()).Length;
        using var again = Open();

        Assert.True(new FileInfo(Newest()).Length > before);
        Assert.Equal(1, again.Syncs);
    }

    [Fact]
    public void Damage_before_a_batch_that_was_stored_is_no_torn_end()
    {
        using (var log = Open())
        {
            for (var index = 1UL; index <= 9; index++)
            {
                Store(log, 1, new PersistRequest { Entries = [Entry(index, index)] });
            }
        }

        var whole = File.ReadAllBytes(Newest());
        for (var position = 0; position < whole.Length / 2; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= 0x10;
            File.WriteAllBytes(Newest(), damaged);

            var exception = Assert.Throws<InvalidDataException>(() => Open().Dispose());

            Assert.Contains(Newest(), exception.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(Newest()));
        }
    }

    [Fact]
    public void A_file_that_is_missing_between_others_is_not_passed_over()
    {
        using (var log = Open(segmentBytes: 1024))
        {
            var index = 0UL;
            Fill(log, 1, ref index, until: () => log.Segments == 4);
        }

        File.Delete(Directory.GetFiles(_directory).Order().ElementAt(1));

        Assert.Throws<InvalidDataException>(() => Open().Dispose());
    }

    [Fact]
    public void The_group_that_keeps_the_oldest_file_is_named_before_any_snapshot()
    {
        using var log = Open(segmentBytes: 1024);
        var index = 0UL;

        Fill(log, 6, ref index, until: () => log.Segments == 3);

        Assert.Equal(6UL, log.Blocker);
    }

    [Fact]
    public void Files_that_are_not_the_logs_are_left_alone()
    {
        File.WriteAllText(Path.Combine(_directory, "notes.log"), "mine");

        using (var log = Open())
        {
            Store(log, 1, new PersistRequest { Entries = [Entry(1, 1)] });
        }

        Assert.Equal("mine", File.ReadAllText(Path.Combine(_directory, "notes.log")));
    }

    private static LogEntry Entry(ulong term, ulong index, int size = 8) => new(term, index, EntryKind.Command, new byte[size]);

    private static void Wait(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));

    private void Store(SharedLog log, ulong group, PersistRequest request)
    {
        var count = _stored.Count;
        log.Post(group, request);
        Wait(() => _stored.Count == count + 1);
    }

    private void Fill(SharedLog log, ulong group, ref ulong index, Func<bool> until)
    {
        while (!until())
        {
            Store(log, group, new PersistRequest { Entries = [Entry(3, ++index, size: 500)] });
        }
    }

    private string Newest() => Directory.GetFiles(_directory).Order().Last();

    private SharedLog Open(int segmentBytes = 1 << 20)
    {
        _images = [];
        return new SharedLog(_directory, _images, batch =>
        {
            foreach (var one in batch)
            {
                _stored.Enqueue(one);
            }
        }, exception => throw exception, segmentBytes);
    }
}
