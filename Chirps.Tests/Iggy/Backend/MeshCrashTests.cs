using System.Globalization;
using Chirps.Engine.Time;

namespace Chirps.Tests.Iggy.Backend;

/// <summary>The host of durable messages and the publisher are killed while messages are published. CHIRPS_CRASH_ROUNDS sets how often, CHIRPS_SEED when.</summary>
public sealed class MeshCrashTests
{
    private const int Messages = 400;

    public static TheoryData<ulong> Seeds { get; } = ReadSeeds();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_acknowledged_message_is_there_once_and_in_order(ulong seed)
    {
        var random = new SeededRandom(seed);
        var hostDies = 20 + random.Next(Messages / 4);
        var publisherDies = (Messages / 2) + random.Next(Messages / 4);
        var hostReturns = hostDies + 20 + random.Next(publisherDies - hostDies + 50);
        var directory = Directory.CreateTempSubdirectory("chirps-mesh-crash-").FullName;
        var host = await SiloProcess.StartAsync(directory, "host", "127.0.0.1:0", null);
        var publisher = await SiloProcess.StartAsync(directory, "publisher", "127.0.0.1:0", host.Mesh);
        try
        {
            await publisher.AwaitAsync("/api/channels", reply => reply.GetProperty("server").GetProperty("connected").GetBoolean());
            for (var number = 0; number < Messages; number++)
            {
                if (number == hostDies)
                {
                    await host.KillAsync();
                }

                if (number == hostReturns)
                {
                    host = await SiloProcess.StartAsync(directory, "host", host.Mesh, null);
                }

                // Under one id until it is acknowledged, as somebody does who must not lose it.
                var id = Guid.NewGuid();
                var sending = publisher.PublishAsync("orders", $"{number}", id);
                if (number == publisherDies)
                {
                    await publisher.KillAsync();
                    publisher = await SiloProcess.StartAsync(directory, "publisher", "127.0.0.1:0", host.Mesh);
                }

                while (await sending is not ("Persisted" or "Queued"))
                {
                    sending = publisher.PublishAsync("orders", $"{number}", id);
                }
            }

            await publisher.AwaitAsync("/api/channels", reply => reply.GetProperty("server").GetProperty("connected").GetBoolean() && reply.GetProperty("outbox").GetProperty("messages").GetInt32() == 0);
            Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"{number}"), await publisher.ReplayAsync("orders"));
        }
        finally
        {
            await publisher.DisposeAsync();
            await host.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static TheoryData<ulong> ReadSeeds()
    {
        if (Environment.GetEnvironmentVariable("CHIRPS_SEED") is { } seed)
        {
            return [ulong.Parse(seed, CultureInfo.InvariantCulture)];
        }

        var rounds = int.Parse(Environment.GetEnvironmentVariable("CHIRPS_CRASH_ROUNDS") ?? "2", CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(1, rounds).Select(round => (ulong)round)];
    }
}
