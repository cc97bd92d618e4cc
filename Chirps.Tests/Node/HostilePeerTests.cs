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
        { "a message before its lane is open", [.. Hello(), .. Message(1)] },
        { "an unknown kind", [0, 0, 0, 1, 99] },
        { "a frame longer than allowed", [0x7f, 0xff, 0xff, 0xff, 1] },
        { "two hellos", [.. Hello(), .. Hello()] },
        { "a gap in the numbers", [.. Hello(), .. Open(0), .. Message(2)] },
        { "a lane opened twice", [.. Hello(), .. Open(0), .. Open(0)] },
        { "two lanes on one stream", [.. Hello(), .. Open(0), .. Open(1)] },
        { "a lane of another generation than the hello's", [.. Hello(), .. Open(0, generation: 2)] },
        { "an acknowledgement on the wrong side", [.. Hello(), .. FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], 1, default)] },
        { "a lost epoch on the wrong side", [.. Hello(), .. FrameCodec.WriteLost(new byte[FrameCodec.SmallBytesMax], 1)] },
        { "a hello of generation zero", [.. FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 0, 1000)] },
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
    public async Task A_lane_on_a_second_stream_is_refused()
    {
        var connection = await _peer.ConnectAsync(_node);

        connection.OpenStream(0).TryWrite(Hello(), Open(3));
        connection.OpenStream(0).TryWrite(Open(3), default);

        Assert.Equal(ProtocolError, (await _peer.Closed).Code);
    }

    [Fact]
    public async Task Only_a_lane_may_announce_a_long_frame()
    {
        var connection = await _peer.ConnectAsync(_node);
        var announced = new byte[] { 0, 0x20, 0, 0, (byte)FrameKind.Ephemeral };

        connection.OpenStream(0).TryWrite(announced, default);

        Assert.Equal(ProtocolError, (await _peer.Closed).Code);
    }

    [Fact]
    public async Task A_lane_whose_beginning_was_never_seen_is_answered_and_discarded_until_it_begins_anew()
    {
        var connection = await _peer.ConnectAsync(_node);
        using var subscription = _node.Subscribe("t");
        var stream = connection.OpenStream(0);

        stream.TryWrite(Hello(), default);
        stream.TryWrite(Open(2, first: 7), Message(7));
        stream.TryWrite(Open(2, epoch: 2), Message(1));
        using var message = await subscription.Messages.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token);

        Assert.Equal(Id(1), message.MessageId);
        Assert.Equal(FrameKind.Lost, (await _peer.Frame(FrameKind.Lost)).Kind);
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

    private static byte[] Hello() => [.. FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 1000)];

    private static byte[] Open(byte lane, ulong generation = 1, ulong epoch = 1, ulong first = 1)
        => [.. FrameCodec.WriteOpen(new byte[FrameCodec.OpenBytes], new LaneOpening(lane, generation, 0, epoch, first, 64))];

    private static byte[] Message(ulong sequence)
        => [.. FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], sequence, Id(sequence), "t"u8, 0)];

    private static Guid Id(ulong number) => new(0, 0, 0, BitConverter.GetBytes(number));
}
