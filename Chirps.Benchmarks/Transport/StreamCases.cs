using System.Diagnostics;
using Chirps.Benchmarks.Loopback;

namespace Chirps.Benchmarks.Transport;

/// <summary>The same on a <see cref="Stream"/>, for TLS over TCP and System.Net.Quic.</summary>
internal static class StreamCases
{
    private const int ChunkBytes = 65536;

    /// <summary>The answering side: does what the <see cref="Order"/> says until the stream ends.</summary>
    public static async Task Serve(Stream stream)
    {
        var buffer = new byte[131072];
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, Order.Size));
            var order = Order.Read(buffer);
            long received = 0;
            while (await stream.ReadAsync(buffer) is var length and > 0)
            {
                received += length;
                if (order.IsEcho)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, length));
                }
                else if (received >= order.Bytes)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, 1));
                }
            }
        }
        catch (IOException)
        {
        }
    }

    public static async Task<Latency> RoundTrips(Stream stream, int size, int count)
    {
        await stream.WriteAsync(Order.Echo.ToBytes());
        var (sent, received, ticks) = (new byte[size], new byte[size], new long[count]);
        for (var round = -count / 5; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await stream.WriteAsync(sent);
            await stream.ReadExactlyAsync(received);
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        return Latency.Of(ticks);
    }

    public static async Task<Throughput> Messages(Stream stream, int size, int count)
    {
        await stream.WriteAsync(Order.Count((long)size * count).ToBytes());
        var message = new byte[size];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < count; sent++)
        {
            await stream.WriteAsync(message);
        }

        await stream.ReadExactlyAsync(new byte[1]);
        var seconds = watch.Elapsed.TotalSeconds;
        return new Throughput(count / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count);
    }

    public static async Task<double> Bulk(Stream stream, long bytes)
    {
        await stream.WriteAsync(Order.Count(bytes).ToBytes());
        var chunk = new byte[ChunkBytes];
        var watch = Stopwatch.StartNew();
        for (long sent = 0; sent < bytes; sent += ChunkBytes)
        {
            await stream.WriteAsync(chunk);
        }

        await stream.ReadExactlyAsync(new byte[1]);
        return bytes / watch.Elapsed.TotalSeconds / 1e6;
    }
}
