using System.Net;
using System.Net.Sockets;
using Chirps.Quic;
using Chirps.Tests.Fuzzing;

namespace Chirps.Tests.Quic;

public sealed class RobustnessTests
{
    [Fact]
    public async Task Garbage_and_mutated_packets_leave_a_connection_working()
    {
        var packets = 5000 * Fuzz.Times;
        using var loopback = new Loopback();
        using var recorder = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        loopback.Server.OnStreamData = StreamTests.Echo;
        var echo = new Collector();
        loopback.Client.OnStreamData = echo.Take;
        loopback.ClientEndpoint.Connect((IPEndPoint)recorder.Client.LocalEndPoint!, null);
        var first = (await recorder.ReceiveAsync().WaitAsync(Expect.Patience)).Buffer; // a valid first packet to start from
        loopback.ClientEndpoint.Connect(loopback.ServerEndpoint.LocalEndPoint, "server");
        var client = await loopback.Client.ConnectedEvent("client");
        var random = new Random(117);

        for (var i = 0; i < packets; i++)
        {
            var packet = i % 2 == 0 ? Mutate(first, random) : Garbage(random);
            var target = i % 3 == 0 ? loopback.ClientEndpoint.LocalEndPoint : loopback.ServerEndpoint.LocalEndPoint;
            recorder.Send(packet, packet.Length, target);
        }

        var stream = client.OpenStream(0);
        stream.TryWrite("still here"u8, default);
        stream.Complete();
        Assert.Equal("still here"u8.ToArray(), await echo.Whole("the echo came back"));
    }

    [Theory]
    [InlineData(CongestionControl.Reno)]
    [InlineData(CongestionControl.Cubic)]
    [InlineData(CongestionControl.Bbr)]
    public async Task Bytes_survive_loss(CongestionControl congestion)
    {
        using var loopback = new Loopback(o => o with { Congestion = congestion });
        using var relay = new LossyRelay(loopback.ServerEndpoint.LocalEndPoint, loss: 0.02, seed: 3);
        var sent = new byte[500_000];
        new Random(4).NextBytes(sent);
        var echo = new Collector();
        loopback.Server.OnStreamData = StreamTests.Echo;
        loopback.Client.OnStreamData = echo.Take;
        loopback.ClientEndpoint.Connect(relay.EndPoint, "server");
        var client = await loopback.Client.ConnectedEvent("client");

        var stream = client.OpenStream(4);
        Assert.True(stream.TryWrite(sent, default));
        stream.Complete();

        Assert.Equal(sent, await echo.Whole("the echo is complete"));
    }

    [Fact]
    public async Task An_unknown_version_is_answered_with_the_one_we_speak()
    {
        using var loopback = new Loopback();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var packet = new byte[1200];
        new byte[] { 0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1 }.CopyTo(packet, 0);

        socket.Send(packet, packet.Length, loopback.ServerEndpoint.LocalEndPoint);

        var answer = (await socket.ReceiveAsync().WaitAsync(Expect.Patience)).Buffer;
        Assert.Equal(new byte[] { 0, 0, 0, 0 }, answer[1..5]);
        Assert.Equal(new byte[] { 0, 0, 0, 1 }, answer[^4..]);
        Assert.Equal(1, loopback.ServerEndpoint.GetStatistics().VersionNegotiationsSent);
    }

    [Fact]
    public async Task Stateless_resets_are_limited_and_never_larger_than_their_cause()
    {
        using var loopback = new Loopback();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var packet = new byte[60];
        packet[0] = 0x40;

        for (var i = 0; i < 2000; i++)
        {
            socket.Send(packet, packet.Length, loopback.ServerEndpoint.LocalEndPoint);
        }

        var answer = (await socket.ReceiveAsync().WaitAsync(Expect.Patience)).Buffer;
        Assert.InRange(answer.Length, 21, 59);
        Assert.InRange(loopback.ServerEndpoint.GetStatistics().ResetsSent, 1, 1000);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("0.0.0.0")]
    public async Task Every_kind_of_bound_address_works(string bind)
    {
        var address = IPAddress.Parse(bind);
        using var loopback = new Loopback(address: address);
        loopback.Server.OnStreamData = StreamTests.Echo;
        var echo = new Collector();
        loopback.Client.OnStreamData = echo.Take;
        var target = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        loopback.ClientEndpoint.Connect(new IPEndPoint(target, loopback.ServerEndpoint.LocalEndPoint.Port), "server");
        var client = await loopback.Client.ConnectedEvent("client");

        var stream = client.OpenStream(0);
        stream.TryWrite(new byte[500_000], default);
        stream.Complete();

        Assert.Equal(500_000, (await echo.Whole("the echo came back")).Length);
    }

    [Fact]
    public async Task An_endpoint_on_all_addresses_reaches_ipv4_too()
    {
        using var loopback = new Loopback(address: IPAddress.IPv6Any);

        loopback.ClientEndpoint.Connect(new IPEndPoint(IPAddress.Loopback, loopback.ServerEndpoint.LocalEndPoint.Port), "server");

        var client = await loopback.Client.ConnectedEvent("client");
        var server = await loopback.Server.ConnectedEvent("server");
        Assert.Equal(IPAddress.Loopback, client.RemoteEndPoint.Address);
        Assert.Equal(IPAddress.Loopback, server.RemoteEndPoint.Address);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var packet = original[..random.Next(21, original.Length + 1)];
        for (var changes = random.Next(1, 8); changes > 0; changes--)
        {
            packet[random.Next(packet.Length)] = (byte)random.Next(256);
        }

        return packet;
    }

    private static byte[] Garbage(Random random)
    {
        var packet = new byte[random.Next(1, 1400)];
        random.NextBytes(packet);
        return packet;
    }
}
