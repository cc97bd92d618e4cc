using System.Diagnostics;
using System.Net;
using Chirps.Benchmarks.Loopback;
using Chirps.Iggy.Client;
using Chirps.Iggy.Embedded;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Benchmarks.Durable;

/// <summary>The whole path: client, loopback TCP, embedded server, log.</summary>
internal sealed class ServerCases(string directory, bool quick)
{
    private const string Password = "secret";
    private const int PayloadBytes = 1024;
    private const int BatchMessages = 1000;
    private const int BatchesUnderWay = 4;

    private readonly int _singles = quick ? 1000 : 5000;
    private readonly TimeSpan _length = TimeSpan.FromSeconds(quick ? 2 : 5);
    private int _number;

    /// <summary>One publisher, each message confirmed by fsync before the next.</summary>
    public Task<Latency> OnePublisher() => WithClient(Durability.Fsync, async client =>
    {
        var message = Message();
        var ticks = new long[_singles];
        for (var index = 0; index < ticks.Length; index++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.SendAsync("s", "t", Partitioning.To(0), message);
            ticks[index] = Stopwatch.GetTimestamp() - start;
        }

        return Latency.Of(ticks);
    });

    /// <summary>Messages per second of many publishers on one connection, each of which waits for its confirmation.</summary>
    public Task<double> ManyPublishers(int publishers) => WithClient(Durability.Fsync, async client =>
    {
        var message = Message();
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, publishers).Select(_ => Task.Run(async () =>
        {
            var count = 0L;
            for (; watch.Elapsed < _length; count++)
            {
                await client.SendAsync("s", "t", Partitioning.To(0), message);
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    });

    /// <summary>Megabytes of payload per second in batches, without fsync.</summary>
    public Task<double> Batches() => WithClient(Durability.None, async client =>
    {
        var batch = Enumerable.Repeat(Message(), BatchMessages).ToArray();
        var batches = (int)((quick ? 1L << 29 : 1L << 30) / (BatchMessages * PayloadBytes)) / BatchesUnderWay;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, BatchesUnderWay).Select(_ => Task.Run(async () =>
        {
            for (var number = 0; number < batches; number++)
            {
                await client.SendAsync("s", "t", Partitioning.To(0), batch);
            }
        })));
        return batches * BatchesUnderWay * (double)BatchMessages * PayloadBytes / watch.Elapsed.TotalSeconds / 1e6;
    });

    private static IggyMessage Message()
    {
        var payload = new byte[PayloadBytes];
        Random.Shared.NextBytes(payload);
        return new IggyMessage(payload);
    }

    private async Task<T> WithClient<T>(Durability durability, Func<IggyClient, Task<T>> use)
    {
        var path = Path.Combine(directory, $"server-{_number++}");
        var options = new EmbeddedIggyOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = path, Password = Password, Durability = durability };
        T result;
        await using (var server = await EmbeddedIggyServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance))
        {
            await using var client = new IggyClient(new IggyClientOptions { Port = server.LocalEndPoint.Port, Password = Password, Dialect = IggyDialect.Classic });
            await client.CreateStreamAsync("s");
            await client.CreateTopicAsync("s", "t", 1);
            result = await use(client);
        }

        DiskDirectory.Remove(path);
        return result;
    }
}
