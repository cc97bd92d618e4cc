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
        using (var log = Open())
        {
            log.Post(1, new PersistRequest { Entries = [Entry(1, 1), Entry(1, 2)] });
        }

        var path = Directory.GetFiles(Path.Combine(_directory)).Single();
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, [.. whole[..length], .. Enumerable.Repeat((byte)0xEE, length % 3)]);

            using (Open())
            {
            }

            Assert.Equal(length >= whole.Length / 2 ? 1UL : 0, _images.TryGetValue(1, out var image) ? image.ToLog(_voters).Last : 0);
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

            Assert.Equal(0, LogRecords.Replay(damaged, images));
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
            log.Post(1, new PersistRequest { Snapshot = new SnapshotPoint(95, 1, _voters) });
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

    private static LogEntry Entry(ulong term, ulong index, int size = 8) => new(term, index, EntryKind.Command, new byte[size]);

    private static void Wait(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));

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
