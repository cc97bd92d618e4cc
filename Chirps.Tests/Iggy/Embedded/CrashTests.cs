using System.Globalization;
using Chirps.Engine.Time;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>A server process is killed in the middle of 20,000 sends. CHIRPS_CRASH_ROUNDS sets how often, CHIRPS_SEED when.</summary>
public sealed class CrashTests
{
    private const int Messages = 20_000;
    private const int Window = 512;

    private static readonly IggyConsumer _reader = IggyConsumer.Of("reader");

    public static TheoryData<ulong> Seeds { get; } = ReadSeeds();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_killed_server_has_every_confirmed_message_once_and_in_order(ulong seed)
    {
        var directory = Directory.CreateTempSubdirectory("chirps-crash-").FullName;
        try
        {
            var confirmed = await SendUntilKilledAsync(directory, 1 + new SeededRandom(seed).Next(Messages - 1));

            await using var server = await ServerProcess.StartAsync(directory);
            await using var client = Connect(server);
            var stored = await ReadAllAsync(client);
            Assert.True(stored.Count >= confirmed, $"Seed {seed}: {confirmed} messages were confirmed, {stored.Count} are there.");
            Assert.Equal(Enumerable.Range(0, stored.Count), stored);

            // As an outbox does: what was not confirmed is sent again, though it may be there.
            await SendAsync(client, confirmed, Messages);
            Assert.Equal(Enumerable.Range(0, Messages), await ReadAllAsync(client));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static TheoryData<ulong> ReadSeeds()
    {
        if (Environment.GetEnvironmentVariable("CHIRPS_SEED") is { } seed)
        {
            return [ulong.Parse(seed, CultureInfo.InvariantCulture)];
        }

        var rounds = int.Parse(Environment.GetEnvironmentVariable("CHIRPS_CRASH_ROUNDS") ?? "3", CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(1, rounds).Select(round => (ulong)round)];
    }

    /// <summary>Sends, and kills the server once so many messages are confirmed.</summary>
    /// <returns>How many were confirmed in all.</returns>
    private static async Task<int> SendUntilKilledAsync(string directory, int killAfter)
    {
        await using var server = await ServerProcess.StartAsync(directory);
        await using var client = Connect(server);
        await client.CreateStreamAsync("s");
        await client.CreateTopicAsync("s", "t", 1);
        var confirmed = 0;
        try
        {
            await SendAsync(client, 0, Messages, () =>
            {
                if (++confirmed == killAfter)
                {
                    server.Kill();
                }
            });
        }
        catch (IggyException lost) when (lost.Failure is IggyFailure.ConnectionLost or IggyFailure.NotConnected or IggyFailure.DeadlinePassed)
        {
        }

        return confirmed;
    }

    /// <summary>Sends numbered messages, a window of them under way at a time; reports each confirmation in order.</summary>
    private static async Task SendAsync(IggyClient client, int from, int to, Action? confirmed = null)
    {
        var window = new Queue<Task>();
        for (var number = from; number < to || window.Count > 0; number++)
        {
            if (number < to)
            {
                window.Enqueue(client.SendAsync("s", "t", Partitioning.To(0), ServerKit.Message(number) with { Id = (UInt128)number + 1 }).AsTask());
            }

            if (window.Count == Window || number >= to)
            {
                await window.Dequeue();
                confirmed?.Invoke();
            }
        }
    }

    private static async Task<List<int>> ReadAllAsync(IggyClient client)
    {
        var numbers = new List<int>();
        IReadOnlyList<int> some;
        do
        {
            some = await ServerKit.PollAsync(client, _reader, PollingStrategy.FromOffset((ulong)numbers.Count), 5000, partition: 0);
            numbers.AddRange(some);
        }
        while (some.Count > 0);

        return numbers;
    }

    private static IggyClient Connect(ServerProcess server)
        => new(new IggyClientOptions { Port = server.Endpoint.Port, Password = ServerKit.Password, Dialect = IggyDialect.Classic });
}
