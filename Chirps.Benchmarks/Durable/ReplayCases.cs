using System.Diagnostics;
using System.Net;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Grains.DurableStream;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Channels;
using Chirps.Iggy.Client;
using Chirps.Iggy.Embedded;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Silo.Demo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace Chirps.Benchmarks.Durable;

/// <summary>Replay of stored messages of 256 B to a callback: through the client, through the reader that streams use, and through an Orleans stream.</summary>
internal sealed class ReplayCases : IAsyncDisposable
{
    private const string Password = "secret";
    private const string Channel = "replayed";
    private const int PayloadBytes = 256;
    private const int BatchMessages = 1000;
    private const int PollMessages = 4000;

    private readonly EmbeddedIggyServer _server;
    private readonly IggyClient _client;
    private readonly int _messages;

    private ReplayCases(EmbeddedIggyServer server, IggyClient client, int messages)
    {
        _server = server;
        _client = client;
        _messages = messages;
    }

    /// <summary>Starts a server and stores the messages.</summary>
    public static async Task<ReplayCases> StartAsync(string directory, int messages)
    {
        var options = new EmbeddedIggyOptions
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            DataDirectory = Path.Combine(directory, "replay"),
            Password = Password,
            Durability = Durability.None,
        };
        var server = await EmbeddedIggyServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance);
        var client = new IggyClient(new IggyClientOptions { Port = server.LocalEndPoint.Port, Password = Password, Dialect = IggyDialect.Classic });
        var cases = new ReplayCases(server, client, messages);
        _ = await cases.Channels().PartitionsAsync(Channel);
        await cases.StoreAsync();
        return cases;
    }

    /// <summary>Messages per second from the client to a callback that is handed each payload, the next poll under way meanwhile.</summary>
    public async Task<double> Client()
    {
        var reader = IggyConsumer.Of("bench");
        var (taken, bytes) = (0, 0L);
        var watch = Stopwatch.StartNew();
        var next = Poll(0);
        while (taken < _messages)
        {
            using var polled = await next;
            next = Poll(taken + polled.Count);
            foreach (var message in polled)
            {
                OnMessage(message.Payload);
                taken++;
            }
        }

        var seconds = watch.Elapsed.TotalSeconds;
        (await next).Dispose();
        return bytes == (long)taken * PayloadBytes ? taken / seconds : throw new InvalidOperationException("Messages are missing.");

        Task<PolledMessages> Poll(int offset) => _client.PollAsync(reader, "bench", Channel, 0, PollingStrategy.FromOffset((ulong)offset), PollMessages).AsTask();

        void OnMessage(ReadOnlySpan<byte> payload) => bytes += payload.Length;
    }

    /// <summary>Messages per second from the reader by itself, which makes an object of each message.</summary>
    public async Task<double> Feed()
    {
        var watch = Stopwatch.StartNew();
        await using var feed = new ChannelFeed(Channels(), Channel, new ChannelStart(), new ChannelFeedOptions());
        for (var taken = 0; taken < _messages; taken++)
        {
            _ = await feed.TakeAsync();
        }

        return _messages / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Messages per second from an Orleans stream to a subscriber in the silo.</summary>
    public async Task<double> Stream()
    {
        using var host = Silo();
        await host.StartAsync();
        var watch = Stopwatch.StartNew();
        var done = new TaskCompletionSource();
        var taken = 0;
        var stream = host.Services.GetRequiredService<IClusterClient>().GetStreamProvider(ChirpsStreams.DurableProvider).GetStream<DurableEntry>(ChirpsStreams.Durable(Channel));
        _ = await stream.SubscribeAsync(
            (entry, token) =>
            {
                if (++taken == _messages)
                {
                    done.SetResult();
                }

                return Task.CompletedTask;
            },
            DurableToken.Beginning);
        await done.Task;
        var seconds = watch.Elapsed.TotalSeconds;
        await host.StopAsync();
        return _messages / seconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private IHost Silo()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Take(), FreePort.Take(), null, "bench", "bench-replay");
            silo.AddMemoryGrainStorage("PubSubStore");
            silo.AddChirpsDurableStreams(_ => new DurableStreamOptions { Server = Channels(), Node = static () => MemberId.Parse("bench") });
        });
        return builder.Build();
    }

    private ChannelServer Channels() => new(_client, "bench", partitions: 1);

    private async Task StoreAsync()
    {
        var clock = new HybridClock();
        var payload = new byte[PayloadBytes];
        Random.Shared.NextBytes(payload);
        for (var stored = 0; stored < _messages; stored += BatchMessages)
        {
            var batch = new IggyMessage[BatchMessages];
            for (var index = 0; index < batch.Length; index++)
            {
                var header = new DurableHeader(Guid.NewGuid(), MemberId.Parse("bench"), "topic", clock.Next(stored));
                batch[index] = DurableCodec.ToIggy(header, payload);
            }

            _ = await _client.SendAsync("bench", Channel, Partitioning.To(0), batch);
        }
    }
}
