using System.Diagnostics;
using Chirps.Benchmarks.Loopback;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>What is measured on a connection of Chirps.Quic.</summary>
internal static class QuicCases
{
    private const int ChunkBytes = 65536;

    /// <summary>As much as keeps a message sender ahead of the socket.</summary>
    private const int MessageSendLimit = 256 << 10;

    /// <summary>Pause between two small messages beside bulk, in milliseconds.</summary>
    private const int Pause = 1;

    public static async Task<Latency> RoundTrips(ITransportConnection connection, int size, int count)
    {
        var exchange = new QuicExchange(connection, Order.Echo, 0);
        var (message, ticks) = (new byte[size], new long[count]);
        for (var round = -count / 5; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await exchange.AskAsync(message, size);
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        exchange.Stream.Complete();
        return Latency.Of(ticks);
    }

    /// <summary>Bytes of managed memory each round trip costs this side.</summary>
    public static async Task<double> RoundTripAllocations(ITransportConnection connection, int size, int count)
    {
        var exchange = new QuicExchange(connection, Order.Echo, 0);
        var message = new byte[size];
        await exchange.AskAsync(message, size);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var round = 0; round < count; round++)
        {
            await exchange.AskAsync(message, size);
        }

        exchange.Stream.Complete();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count;
    }

    public static async Task<Throughput> Messages(ITransportConnection connection, int size, int count)
    {
        var exchange = new QuicExchange(connection, Order.Count((long)size * count), 3);
        exchange.Stream.SendLimit = MessageSendLimit;
        exchange.Expect(1);
        var message = new byte[size];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < count; sent++)
        {
            await exchange.WriteAsync(message);
        }

        await exchange.AnswerAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        exchange.Stream.Complete();
        return new Throughput(count / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count);
    }

    /// <returns>Megabytes per second, counted at the receiver.</returns>
    public static async Task<double> Bulk(ITransportConnection connection, long bytes)
    {
        var exchange = new QuicExchange(connection, Order.Count(bytes), 7);
        exchange.Expect(1);
        var chunk = new byte[ChunkBytes];
        var watch = Stopwatch.StartNew();
        for (long sent = 0; sent < bytes; sent += ChunkBytes)
        {
            await exchange.WriteAsync(chunk);
        }

        await exchange.AnswerAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        exchange.Stream.Complete();
        return bytes / seconds / 1e6;
    }

    /// <summary>Small messages at level 0 with pauses, beside transfers at level 7 or beside nothing.</summary>
    public static async Task<Latency> Urgent(ITransportConnection connection, int size, int count, long bulkBytes)
    {
        using var stop = new CancellationTokenSource();
        var bulk = bulkBytes == 0 ? Task.CompletedTask : Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Bulk(connection, bulkBytes);
            }
        });
        var exchange = new QuicExchange(connection, Order.Echo, 0);
        var (message, ticks) = (new byte[size], new long[count]);
        for (var round = -count / 5; round < count; round++)
        {
            await Task.Delay(Pause);
            var start = Stopwatch.GetTimestamp();
            await exchange.AskAsync(message, size);
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        await stop.CancelAsync();
        await bulk;
        exchange.Stream.Complete();
        return Latency.Of(ticks);
    }
}
