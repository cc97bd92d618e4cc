using Chirps.Engine.Time;
using Chirps.Quic;
using Chirps.Simulation;
using Chirps.Simulation.Transport;
using Chirps.Tests.Quic;
using Chirps.Tests.Transport;

namespace Chirps.Tests.Simulation;

public sealed class SimTransportTests
{
    private readonly SimTransport _world = new(new SeededRandom(5), DateTimeOffset.UtcNow);
    private readonly Recorder _server = new(() => { });
    private readonly Recorder _client = new(() => { });

    [Fact]
    public void A_partition_ends_a_connection_by_its_idle_timeout()
    {
        Connect();

        _world.Network.Cut(0, 1);
        _world.Network.Cut(1, 0);
        _world.RunFor(TimeSpan.FromSeconds(31));

        Assert.Equal(CloseKind.IdleTimeout, Assert.Single(_client.Closes).Kind);
        Assert.Equal(CloseKind.IdleTimeout, Assert.Single(_server.Closes).Kind);
    }

    [Fact]
    public void A_short_partition_delays_streams_and_loses_datagrams()
    {
        var client = Connect();
        _world.Network.Cut(1, 0);
        client.OpenStream(0).TryWrite("stream"u8, default);
        client.TrySendDatagram("datagram"u8, default, DatagramClass.Data);
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _server.ReceivedBytes);

        _world.Network.Heal();
        _world.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(6, _server.ReceivedBytes);
        Assert.Empty(_server.Datagrams);
        Assert.True(client.IsOpen);
    }

    [Fact]
    public void Bytes_of_a_stream_keep_their_order_under_loss_and_jitter()
    {
        var client = Connect();
        var sent = Enumerable.Range(0, 300_000).Select(i => (byte)(i / 1000)).ToArray();
        _world.Network.Link = new SimLink { Loss = 0.2, Jitter = TimeSpan.FromMilliseconds(30) };

        client.OpenStream(0).TryWrite(sent, default);
        _world.RunFor(TimeSpan.FromSeconds(25));

        Assert.Equal(sent, _server.Received(_server.Opened.First()));
    }

    /// <summary>Node 0 is the server, node 1 the client.</summary>
    private ITransportConnection Connect()
    {
        var server = _world.Open(Pair.Options(TestPki.Server), _server);
        var client = _world.Open(Pair.Options(TestPki.Client), _client);
        var connection = client.Connect(server.LocalEndPoint, "server");
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(connection.IsOpen);
        return connection;
    }
}
