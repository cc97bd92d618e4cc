using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Steady state allocates nothing. Run alone: the count is of the whole process, for two threads take part.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Rounds = 10_000;

    /// <summary>What the runtime and the test runner may allocate meanwhile; one object per message would be at least 24 bytes each.</summary>
    private const long Tolerance = 100_000;

    [Fact]
    public async Task Stream_messages_allocate_nothing()
    {
        using var loopback = new Loopback();
        var message = new byte[200];
        var rounds = new PingPong();
        loopback.Server.OnStreamData = (stream, data, _) => stream.TryWrite(data, default);
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
    }

    [Fact]
    public async Task Datagrams_allocate_nothing()
    {
        using var loopback = new Loopback();
        var message = new byte[200];
        var rounds = new PingPong();
        loopback.Server.OnDatagram = (connection, data) => connection.TrySendDatagram(data, default, DatagramClass.Data);
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

    /// <summary>Counts rounds; measures the second half.</summary>
    private sealed class PingPong
    {
        private int _rounds;
        private long _start;

        public TaskCompletionSource<long> Allocated { get; } = TestHandler.New<long>();

        public bool Next(int count)
        {
            _rounds += count;
            if (_rounds == Rounds)
            {
                _start = GC.GetTotalAllocatedBytes(precise: false);
            }

            if (_rounds < 2 * Rounds)
            {
                return true;
            }

            Allocated.TrySetResult(GC.GetTotalAllocatedBytes(precise: false) - _start);
            return false;
        }
    }
}
