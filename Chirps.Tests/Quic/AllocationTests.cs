using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Steady state allocates nothing: counted on the thread of each endpoint, where all of it happens, and on a writer's.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 10_000;

    /// <summary>One object per message would be 240,000 bytes at least; a buffer that had to grow once more is no failure.</summary>
    private const long Tolerance = 20_000;

    [Fact]
    public async Task Stream_messages_allocate_nothing()
    {
        using var loopback = new Loopback();
        var message = new byte[200];
        var rounds = new RoundCounter();
        var serverRounds = new RoundCounter();
        loopback.Server.OnStreamData = (stream, data, _) =>
        {
            serverRounds.Next(data.Length / message.Length);
            stream.TryWrite(data, default);
        };
        loopback.Client.OnStreamData = (stream, data, _) =>
        {
            if (rounds.Next(data.Length / message.Length))
            {
                stream.TryWrite(message, default);
            }
        };
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(0);

        stream.TryWrite(message, default);

        Assert.InRange(await Expect.Event(rounds.Allocated, "all messages went round"), 0, Tolerance);
        Assert.InRange(await Expect.Event(serverRounds.Allocated, "the server counted"), 0, Tolerance);
    }

    [Fact]
    public async Task Datagrams_allocate_nothing()
    {
        using var loopback = new Loopback();
        var message = new byte[200];
        var rounds = new RoundCounter();
        var serverRounds = new RoundCounter();
        loopback.Server.OnDatagram = (connection, data) =>
        {
            serverRounds.Next(1);
            connection.TrySendDatagram(data, default, DatagramClass.Data);
        };
        loopback.Client.OnDatagram = (connection, _) =>
        {
            if (rounds.Next(1))
            {
                connection.TrySendDatagram(message, default, DatagramClass.Data);
            }
        };
        var (client, _) = await loopback.Connect();

        client.TrySendDatagram(message, default, DatagramClass.Data);

        Assert.InRange(await Expect.Event(rounds.Allocated, "all datagrams went round"), 0, Tolerance);
        Assert.InRange(await Expect.Event(serverRounds.Allocated, "the server counted"), 0, Tolerance);
    }

    [Fact]
    public async Task Writing_from_another_thread_allocates_nothing_there()
    {
        using var loopback = new Loopback();
        var (client, _) = await loopback.Connect();
        var stream = client.OpenStream(0);
        stream.SendLimit = 256 << 10;
        var message = new byte[200];
        long Write(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count; i++)
            {
                while (!stream.TryWrite(message, default))
                {
                    Thread.Yield();
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Write(Rounds);

        Assert.InRange(Write(Rounds), 0, 1000);
    }

    /// <summary>Counts rounds on one thread and measures the second half of them.</summary>
    private sealed class RoundCounter
    {
        private int _rounds;
        private long _start;

        public TaskCompletionSource<long> Allocated { get; } = TestHandler.New<long>();

        public bool Next(int count)
        {
            _rounds += count;
            if (_rounds == Rounds)
            {
                _start = GC.GetAllocatedBytesForCurrentThread();
            }

            if (_rounds < 2 * Rounds)
            {
                return true;
            }

            Allocated.TrySetResult(GC.GetAllocatedBytesForCurrentThread() - _start);
            return false;
        }
    }
}
