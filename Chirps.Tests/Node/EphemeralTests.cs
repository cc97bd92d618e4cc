using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>Best effort: never waits, and what is lost is the oldest, counted.</summary>
public sealed class EphemeralTests : IAsyncLifetime
{
    private static readonly MemberId _peerId = MemberId.Parse("peer");

    private readonly MeshFixture _mesh = new();
    private MeshNode _node = null!;
    private RawPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _node = await _mesh.StartAsync(_mesh.Options("a"));
        _peer = new RawPeer(_mesh.Directory, "peer") { Reads = false };
        var connection = await _peer.ConnectAsync(_node);
        connection.OpenStream(0).TryWrite(FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 8 << 20), default);
        await MeshFixture.Eventually("the node uses the connection", () => _node.Connections.Link(_peerId).Session is { IsPeerKnown: true });
    }

    public async Task DisposeAsync()
    {
        _peer.Dispose();
        await _mesh.DisposeAsync();
    }

    [Fact]
    public void Of_large_messages_that_the_peer_does_not_take_the_oldest_are_lost()
    {
        const int open = 64;
        const int sent = 100;
        var session = _node.Connections.Link(_peerId).Session!;
        var payload = new byte[60_000];
        var kept = 0;

        for (var number = 0; number < sent; number++)
        {
            kept += session.SendSingle(FrameCodec.WriteEphemeralHeader(new byte[FrameCodec.HeaderBytesMax], Guid.NewGuid(), "t"u8, payload.Length), payload) ? 1 : 0;
        }

        Assert.InRange(kept, open, sent - 1);
    }
}
