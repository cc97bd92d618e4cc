using Chirps.Quic;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Every provider: how connections end, and how callbacks come.</summary>
public sealed class TransportLifecycleTests
{
    public static TheoryData<string> Names => Providers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_peer_learns_code_and_reason_of_the_first_close(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();

        client.Close(4242, "going away");
        client.Close(1, "too late");

        Assert.False(client.IsOpen);
        await pair.UntilClosed();
        Assert.Equal(new CloseInfo(CloseKind.Local, 4242, "going away", PeerRefusal.None, new TransportIdentity(TestPki.Cluster, "server")), Assert.Single(pair.Client.Closes));
        Assert.Equal(new CloseInfo(CloseKind.Peer, 4242, "going away", PeerRefusal.None, new TransportIdentity(TestPki.Cluster, "client")), Assert.Single(pair.Server.Closes));
        Assert.False(client.OpenStream(0).IsOpen);
        Assert.False(client.TrySendDatagram("x"u8, default, DatagramClass.Data));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_long_reason_is_cut_between_characters(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();

        client.Close(1, new string('ä', 500));

        await pair.UntilClosed();
        Assert.Equal(new string('ä', 128), pair.Server.Close.Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_dial_can_be_closed_before_it_is_connected(string provider)
    {
        using var pair = new Pair(provider);
        var connection = pair.ClientEndpoint.Connect(pair.Nobody, "server");
        var stream = connection.OpenStream(0);

        connection.Close(0, "changed my mind");

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the dial ended");
        Assert.Equal(CloseKind.Local, pair.Client.Close.Kind);
        Assert.False(stream.IsOpen);
        Assert.Empty(pair.Client.Connections);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Streams_close_before_their_connection(string provider)
    {
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(1);
        stream.TryWrite("x"u8, default);
        await pair.Until(() => !pair.Server.Opened.IsEmpty, "the server saw the stream");

        client.Close(0, string.Empty);

        await pair.UntilClosed();
        Assert.Equal(["ended", "closed"], pair.Client.Order.TakeLast(2));
        Assert.Equal(["ended", "closed"], pair.Server.Order.TakeLast(2));
        Assert.False(stream.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_silent_connection_times_out_on_both_sides(string provider)
    {
        using var pair = new Pair(provider, o => o with { IdleTimeout = TimeSpan.FromMilliseconds(400), KeepAlive = TimeSpan.Zero });

        await pair.Connect();

        await pair.UntilClosed();
        Assert.Equal(CloseKind.IdleTimeout, pair.Client.Close.Kind);
        Assert.Equal(CloseKind.IdleTimeout, pair.Server.Close.Kind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Keep_alive_outlives_the_idle_timeout(string provider)
    {
        // The dial that nobody answers measures three idle timeouts.
        var idle = TimeSpan.FromMilliseconds(500);
        using var pair = new Pair(provider, o => o with { IdleTimeout = idle, KeepAlive = idle / 5, HandshakeTimeout = idle * 3 });
        var (client, _) = await pair.Connect();

        pair.ClientEndpoint.Connect(pair.Nobody, null);

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the dial was given up");
        Assert.Equal(CloseKind.HandshakeTimeout, Assert.Single(pair.Client.Closes).Kind);
        Assert.True(client.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Disposing_an_endpoint_tells_both_sides_once(string provider)
    {
        using var pair = new Pair(provider);
        await pair.Connect();

        await pair.End(pair.ClientEndpoint);
        await pair.End(pair.ClientEndpoint);

        await pair.UntilClosed();
        Assert.Equal(CloseKind.EndpointClosed, Assert.Single(pair.Client.Closes).Kind);
        Assert.Equal(CloseKind.Peer, Assert.Single(pair.Server.Closes).Kind);
        Assert.Throws<ObjectDisposedException>(() => pair.Dial());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_endpoint_can_be_disposed_from_a_callback(string provider)
    {
        using var pair = new Pair(provider);
        pair.Client.OnConnected = _ => pair.ClientEndpoint.Dispose();

        pair.Dial();

        await pair.Until(() => !pair.Client.Closes.IsEmpty, "the client saw the end");
        Assert.Equal(CloseKind.EndpointClosed, pair.Client.Close.Kind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_failing_handler_closes_only_its_connection(string provider)
    {
        using var pair = new Pair(provider);
        pair.Server.OnDatagram = (_, _) => throw new InvalidOperationException("by intent");
        var (client, _) = await pair.Connect();
        var other = pair.Dial();
        await pair.Until(() => pair.Client.Connections.Count == 2 && pair.Server.Connections.Count == 2, "the second connection is up");

        client.TrySendDatagram("x"u8, default, DatagramClass.Data);

        await pair.UntilClosed();
        Assert.Equal((CloseKind.Transport, 1UL), (pair.Client.Close.Kind, pair.Client.Close.Code));
        Assert.Equal(CloseKind.Local, pair.Server.Close.Kind);
        Assert.True(other.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Statistics_tell_what_was_carried(string provider)
    {
        using var pair = new Pair(provider);
        var (client, server) = await pair.Connect();

        client.OpenStream(0).TryWrite(new byte[10_000], default);
        client.TrySendDatagram("x"u8, default, DatagramClass.Data);

        await pair.Until(() => pair.Server.ReceivedBytes == 10_000 && !pair.Server.Datagrams.IsEmpty, "everything arrived");
        await pair.Until(() => client.GetStatistics() is { BytesSent: > 10_000, DatagramsSent: 1 }, "the client counts");
        await pair.Until(() => server.GetStatistics() is { BytesReceived: > 10_000, DatagramsReceived: 1 }, "the server counts");
        await pair.Until(() => pair.ServerEndpoint.GetStatistics() is { Connections: 1, HandshakesCompleted: 1, HandshakesPending: 0, BytesReceived: > 10_000 }, "the endpoint counts");
        Assert.True(pair.ClientEndpoint.GetStatistics().BytesSent > 10_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Calls_from_threads_and_callbacks_are_safe_and_callbacks_come_one_at_a_time(string provider)
    {
        const int Connections = 3;
        const int Calls = 300;
        using var pair = new Pair(provider);
        pair.Server.OnData = (stream, data, _) => stream.TryWrite(data, default);
        pair.Client.OnData = (stream, _, _) =>
        {
            _ = stream.Connection.GetStatistics();
            foreach (var connection in pair.Client.Connections)
            {
                connection.TrySendDatagram("hello"u8, default, DatagramClass.Data);
            }
        };
        for (var i = 0; i < Connections; i++)
        {
            pair.Dial();
        }

        await pair.Until(() => pair.Client.Connections.Count == Connections && pair.Server.Connections.Count == Connections, "all connections are up");
        var streams = pair.Client.Connections.Select(connection => connection.OpenStream(1)).ToArray();
        void Caller()
        {
            for (var i = 0; i < Calls; i++)
            {
                Assert.True(streams[i % Connections].TryWrite("ca"u8, "ll"u8));
            }
        }

        await pair.Together(Caller, Caller, Caller);

        await pair.Until(() => pair.Client.ReceivedBytes == 3 * Calls * 4, "every call was echoed");
        Assert.Equal(0, pair.Client.Overlaps + pair.Server.Overlaps);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Writers_on_many_threads_never_tear_a_message(string provider)
    {
        const int Messages = 1000;
        const int Size = 40;
        using var pair = new Pair(provider);
        var (client, _) = await pair.Connect();
        var stream = client.OpenStream(2);
        Action Writer(byte value) => () =>
        {
            var half = new byte[Size / 2];
            Array.Fill(half, value);
            for (var i = 0; i < Messages; i++)
            {
                Assert.True(stream.TryWrite(half, half));
            }
        };
        var received = new List<byte>();
        pair.Server.OnData = (_, data, _) => received.AddRange(data);

        await pair.Together(Writer(1), Writer(2), Writer(3));

        await pair.Until(() => pair.Server.ReceivedBytes == 3 * Messages * Size, "all messages arrived");
        Assert.All(received.Chunk(Size), message => Assert.Single(message.Distinct()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_endpoint_disposed_under_traffic_closes_every_connection_once(string provider)
    {
        const int Connections = 5;
        using var pair = new Pair(provider);
        pair.Server.OnData = TransportStreamTests.Echo;
        for (var i = 0; i < Connections; i++)
        {
            pair.Dial();
        }

        await pair.Until(() => pair.Server.Connections.Count == Connections && pair.Client.Connections.Count == Connections, "all connections are up");
        foreach (var connection in pair.Client.Connections)
        {
            connection.OpenStream(3).TryWrite(new byte[500_000], default);
        }

        await pair.Until(() => pair.Client.ReceivedBytes > 0, "traffic flows");

        await pair.End(pair.ClientEndpoint);

        await pair.Until(() => pair.Server.Closes.Count == Connections, "the server saw every end");
        Assert.Equal(Connections, pair.Client.Closes.Count);
        Assert.All(pair.Client.Connections, connection => Assert.False(connection.IsOpen));
    }
}
