using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>A member that does not keep to the protocol harms its own connection and nothing else.</summary>
public sealed class HostilePeerTests : IAsyncLifetime
{
    private const ulong ProtocolError = 2;

    private readonly MeshFixture _mesh = new();
    private MeshNode _node = null!;
    private RawPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _node = await _mesh.StartAsync(_mesh.Options("a"));
        _peer = new RawPeer(_mesh.Directory, "hostile");
    }

    public async Task DisposeAsync()
    {
        _peer.Dispose();
        await _mesh.DisposeAsync();
    }

    public static TheoryData<string, byte[]> BadStreams => new()
    {
        { "a message before the hello", [.. FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 1, default, "t"u8, 0)] },
        { "an unknown kind", [0, 0, 0, 1, 99] },
        { "a frame longer than allowed", [0x7f, 0xff, 0xff, 0xff, 1] },
        { "two hellos", [.. Hello(), .. Hello()] },
        { "a gap in the numbers", [.. Hello(), .. FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], 2, default, "t"u8, 0)] },
        { "an acknowledgement on the wrong side", [.. Hello(), .. FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], 1, default)] },
        { "a hello of generation zero", [.. FrameCodec.WriteHello(new byte[32], 0, 0, 1000)] },
    };

    [Theory]
    [MemberData(nameof(BadStreams))]
    public async Task A_stream_that_makes_no_sense_closes_its_connection(string what, byte[] bytes)
    {
        var connection = await _peer.ConnectAsync(_node);

        connection.OpenStream(0).TryWrite(bytes, default);

        var closed = await _peer.Closed;
        Assert.True((CloseKind.Peer, ProtocolError) == (closed.Kind, closed.Code), $"{what}: {closed}");
        Assert.Equal(Outcome.Rejected, (await _node.SendAsync(_node.Membership.Self.Id, default, Profile.Control, "still-alive")).Outcome);
    }

    [Fact]
    public async Task A_second_lane_is_refused()
    {
        var connection = await _peer.ConnectAsync(_node);

        connection.OpenStream(0).TryWrite(Hello(), default);
        connection.OpenStream(0).TryWrite(Hello(), default);

        Assert.Equal(ProtocolError, (await _peer.Closed).Code);
    }

    [Fact]
    public async Task Datagrams_that_make_no_sense_are_dropped_and_the_connection_stays()
    {
        var connection = await _peer.ConnectAsync(_node);
        using var subscription = _node.Subscribe("t");
        for (var first = 0; first < 256; first++)
        {
            connection.TrySendDatagram(new[] { (byte)first }, new byte[first], DatagramClass.Data);
        }

        connection.TrySendDatagram(FrameCodec.WriteDatagramHeader(new byte[FrameCodec.HeaderBytesMax], default, "t"u8), default, DatagramClass.Data);
        using var message = await subscription.Messages.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token);

        Assert.Equal("hostile", message.From.ToString());
        Assert.Single(_node.Membership.Members);
    }

    [Fact]
    public async Task An_address_that_cannot_be_dialled_stops_nothing()
    {
        await _node.JoinAsync(["[::1]:9"]);

        var other = await _mesh.StartAsync(_mesh.Options("b", _node.Membership.Self.Address.ToString()));
        await MeshFixture.Eventually("the node still takes part", () => _node.Membership.Count(MemberStatus.Alive) == 2 && other.Membership.Count(MemberStatus.Alive) == 2);
    }

    private static byte[] Hello() => [.. FrameCodec.WriteHello(new byte[32], 0, 1, 1000)];
}
