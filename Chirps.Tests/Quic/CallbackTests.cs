using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class CallbackTests
{
    [Fact]
    public async Task Calls_across_connections_from_callbacks_and_threads_do_not_deadlock()
    {
        const int Connections = 4;
        const int Rounds = 3000;
        using var loopback = new Loopback();
        var connections = new List<ITransportConnection>();
        var streams = new List<ITransportStream>();
        var ready = TestHandler.New<bool>();
        var finished = TestHandler.New<bool>();
        var left = Rounds;
        loopback.Client.OnConnected = connection =>
        {
            connections.Add(connection);
            streams.Add(connection.OpenStream(2));
            Expect.When(connections.Count == Connections, ready, true);
        };
        loopback.Server.OnStreamData = (stream, data, _) => stream.TryWrite(data, default);
        loopback.Client.OnStreamData = (_, data, _) =>
        {
            left--;
            foreach (var connection in connections)
            {
                connection.TrySendDatagram("hello"u8, default, DatagramClass.Data);
                _ = connection.GetStatistics();
            }

            if (left > 0)
            {
                streams[left % Connections].TryWrite("again"u8, default);
                var brief = connections[(left + 1) % Connections].OpenStream(5);
                brief.TryWrite("brief"u8, default);
                brief.Complete();
            }
            else if (left == 0)
            {
                connections[0].Close(3, "done");
                finished.TrySetResult(true);
            }
        };
        for (var i = 0; i < Connections; i++)
        {
            loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        }

        await Expect.Event(ready, "all connections are up");
        var callers = Enumerable.Range(0, 3).Select(caller => Task.Run(() => Call(streams, connections, caller))).ToArray();
        await Task.WhenAll(callers).WaitAsync(Expect.Patience);

        await Expect.Event(finished, "all rounds were made");
        await loopback.Client.ClosedEvent("client");
    }

    [Fact]
    public async Task Two_endpoints_calling_into_each_other_do_not_deadlock()
    {
        const int Rounds = 2000;
        using var loopback = new Loopback();
        var finished = TestHandler.New<bool>();
        var (client, server) = await loopback.Connect();
        var there = client.OpenStream(1);
        var back = server.OpenStream(1);
        var count = 0;

        // Each side answers on the other side's connection object: the callback of one endpoint runs the other's connection.
        loopback.Server.OnStreamData = (_, _, _) =>
        {
            there.TryWrite("x"u8, default);
            Expect.When(Interlocked.Increment(ref count) >= Rounds, finished, true);
        };
        loopback.Client.OnStreamData = (_, _, _) => back.TryWrite("y"u8, default);
        there.TryWrite("x"u8, default);
        back.TryWrite("y"u8, default);

        await Expect.Event(finished, "all rounds were made");
    }

    [Fact]
    public async Task Endpoints_disposed_under_traffic_close_every_connection_once()
    {
        const int Connections = 20;
        using var loopback = new Loopback();
        var ready = TestHandler.New<bool>();
        var connections = new List<ITransportConnection>();
        loopback.Server.OnStreamData = StreamTests.Echo;
        loopback.Client.OnConnected = connection =>
        {
            connections.Add(connection);
            Expect.When(connections.Count == Connections, ready, true);
        };
        for (var i = 0; i < Connections; i++)
        {
            loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        }

        await Expect.Event(ready, "all connections are up");
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Trouble(connections, loopback, stop.Token))).ToArray();
        await Expect.Event(loopback.Client.FirstStreamData, "traffic flows");

        var disposed = Task.Run(loopback.ClientEndpoint.Dispose);
        await disposed.WaitAsync(Expect.Patience);
        loopback.ServerEndpoint.Dispose();
        await stop.CancelAsync();
        await Task.WhenAll(callers).WaitAsync(Expect.Patience);

        Assert.Equal(loopback.Client.ConnectedCount, connections.Count);
        Assert.True(loopback.Client.ClosedCount >= Connections);
        Assert.Equal(loopback.Server.ConnectedCount, loopback.Server.ClosedCount);
        Assert.All(connections, connection => Assert.False(connection.IsOpen));
    }

    private static void Trouble(List<ITransportConnection> connections, Loopback loopback, CancellationToken stop)
    {
        var random = new Random(5);
        while (!stop.IsCancellationRequested)
        {
            var connection = connections[random.Next(20)];
            var stream = connection.OpenStream(random.Next(8));
            stream.TryWrite(new byte[random.Next(1, 20_000)], default);
            connection.TrySendDatagram(new byte[random.Next(1, 1000)], default, DatagramClass.Data);
            if (random.Next(4) == 0)
            {
                stream.Reset(1);
            }
            else
            {
                stream.Complete();
            }

            try
            {
                _ = random.Next(50) == 0 ? loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, null) : null;
            }
            catch (ObjectDisposedException)
            {
                // expected once the endpoint is disposed; calls on its connections go on
            }
        }
    }

    private static void Call(List<ITransportStream> streams, List<ITransportConnection> connections, int caller)
    {
        for (var i = 0; i < 3000; i++)
        {
            streams[(i + caller) % streams.Count].TryWrite("call"u8, default);
            connections[(i + caller) % connections.Count].TrySendDatagram("call"u8, default, DatagramClass.Probe);
        }
    }
}
