using System.Buffers.Binary;
using System.Diagnostics;
using Chirps.Benchmarks.Loopback;
using Chirps.Iggy.Embedded.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Benchmarks.Durable;

/// <summary>The log by itself, and a bare loop of write and fdatasync of the same bytes on the same disk.</summary>
internal sealed class LogCases(string directory, bool quick)
{
    private const int PayloadBytes = 1024;
    private const int MessageBytes = StoredMessage.HeaderBytes + PayloadBytes;
    private const int BatchMessages = 1000;

    private readonly int _singles = quick ? 1000 : 5000;
    private readonly TimeSpan _length = TimeSpan.FromSeconds(quick ? 2 : 5);
    private int _number;

    /// <summary>One write and one fdatasync after the other, of a message with its frame.</summary>
    public Task<Latency> BareLoop()
    {
        var ticks = RunBareLoop();
        return Task.FromResult(Latency.Of(ticks));
    }

    /// <summary>Messages per second of the same loop.</summary>
    public Task<double> BareRate()
    {
        var watch = Stopwatch.StartNew();
        var ticks = RunBareLoop();
        return Task.FromResult(ticks.Length / watch.Elapsed.TotalSeconds);
    }

    /// <summary>One publisher, each message confirmed by fsync before the next.</summary>
    public Task<Latency> OnePublisher() => WithLog(new LogSettings(), async log =>
    {
        var message = Messages(1);
        var ticks = new long[_singles];
        for (var index = 0; index < ticks.Length; index++)
        {
            Renew(message);
            var start = Stopwatch.GetTimestamp();
            await log.AppendAsync(message, 1);
            ticks[index] = Stopwatch.GetTimestamp() - start;
        }

        return Latency.Of(ticks);
    });

    /// <summary>Messages per second of many publishers, each of which waits for its confirmation.</summary>
    public Task<double> ManyPublishers(int publishers) => WithLog(new LogSettings(), async log =>
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, publishers).Select(_ => Task.Run(async () =>
        {
            var message = Messages(1);
            var count = 0L;
            for (; watch.Elapsed < _length; count++)
            {
                Renew(message);
                await log.AppendAsync(message, 1);
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    });

    /// <summary>Megabytes of payload per second in batches, without fsync, several batches under way.</summary>
    public Task<double> Batches() => WithLog(new LogSettings { Durability = Durability.None }, async log =>
    {
        var bytes = (quick ? 1L : 2L) << 30;
        var batches = (int)(bytes / (BatchMessages * PayloadBytes));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var batch = Messages(BatchMessages);
            for (var number = 0; number < batches / 4; number++)
            {
                Renew(batch);
                await log.AppendAsync(batch, BatchMessages);
            }
        })));
        return batches / 4 * 4 * (double)BatchMessages * PayloadBytes / watch.Elapsed.TotalSeconds / 1e6;
    });

    /// <summary>Seconds to open 1 GiB of messages after a crash.</summary>
    public async Task<double> Recovery(long segmentBytes)
    {
        var path = NewDirectory();
        var settings = new LogSettings { Durability = Durability.None, SegmentBytes = segmentBytes };
        using var committer = new LogCommitter();
        var log = Open(path, settings, committer);
        var batch = Messages(BatchMessages);
        while (log.SizeBytes < 1L << 30)
        {
            Renew(batch);
            await log.AppendAsync(batch, BatchMessages);
        }

        // Not closed: no mark of a clean stop.
        var watch = Stopwatch.StartNew();
        await using var opened = Open(path, settings, committer);
        var seconds = watch.Elapsed.TotalSeconds;
        return opened.NextOffset == log.NextOffset ? seconds : throw new InvalidOperationException("Messages are missing.");
    }

    private long[] RunBareLoop()
    {
        using var file = new DiskDirectory(NewDirectory()).Create("bare");
        var bytes = new byte[FrameHeader.Bytes + MessageBytes];
        var ticks = new long[_singles];
        for (var index = 0; index < ticks.Length; index++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(bytes, (long)index * bytes.Length);
            file.Sync();
            ticks[index] = Stopwatch.GetTimestamp() - start;
        }

        return ticks;
    }

    private static PartitionLog Open(string path, LogSettings settings, LogCommitter committer)
        => PartitionLog.Open(new DiskDirectory(path), settings, committer, TimeProvider.System, NullLogger.Instance);

    private static byte[] Messages(int count)
    {
        var bytes = new byte[count * MessageBytes];
        Random.Shared.NextBytes(bytes);
        for (var at = 0; at < bytes.Length; at += MessageBytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 48), 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 52), PayloadBytes);
        }

        return bytes;
    }

    /// <summary>Takes the ids away that the log has given.</summary>
    private static void Renew(byte[] messages)
    {
        for (var at = 0; at < messages.Length; at += MessageBytes)
        {
            messages.AsSpan(at + 8, 16).Clear();
        }
    }

    private async Task<T> WithLog<T>(LogSettings settings, Func<PartitionLog, Task<T>> use)
    {
        using var committer = new LogCommitter();
        var path = NewDirectory();
        T result;
        await using (var log = Open(path, settings, committer))
        {
            result = await use(log);
        }

        DiskDirectory.Remove(path);
        return result;
    }

    private string NewDirectory() => Path.Combine(directory, $"log-{_number++}");
}
