using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>What the lanes must keep to when timing, callers or peers are at their worst.</summary>
public sealed class DeliveryAttackTests : IAsyncLifetime
{
    private static readonly MemberId _raw = MemberId.Parse("peer");

    private readonly MeshFixture _mesh = new();
    private RawPeer? _peer;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _peer?.Dispose();
        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task One_token_cancels_all_waiting_sends_at_once()
    {
        var options = _mesh.Options("a");
        var node = await _mesh.StartAsync(options);
        var link = node.Connections.Link(_raw);
        using var cancellation = new CancellationTokenSource();
        var sends = Enumerable.Range(0, options.Limits.ControlWaiting)
            .Select(_ => link.Send(default, "t", new SendSettings(TimeSpan.FromMinutes(5), Lane: 2), cancellation.Token).AsTask()).ToArray();

        var started = Stopwatch.GetTimestamp();
        await cancellation.CancelAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);

        Assert.All(sends, send => Assert.False(send.IsCompletedSuccessfully));
        Assert.True(elapsed < TimeSpan.FromSeconds(10), $"{elapsed}"); // 60 s when each of them searched the whole queue
    }

    [Fact]
    public async Task The_longest_deadline_is_long()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var send = node.Connections.Link(_raw).Send(default, "t", new SendSettings(TimeSpan.MaxValue, Lane: 2), CancellationToken.None).AsTask();
        var later = node.Connections.Link(_raw).Send(default, "t", new SendSettings(TimeSpan.FromMilliseconds(1), Lane: 3), CancellationToken.None).AsTask();

        await later.WaitAsync(MeshFixture.Patience);
        await Task.WhenAny(send, node.Connections.Link(_raw).Send(default, "t", new SendSettings(TimeSpan.FromMilliseconds(1), Lane: 3), CancellationToken.None).AsTask());

        Assert.False(send.IsCompleted, send.IsCompleted ? (await send).ToString() : "");
    }

    [Fact]
    public async Task A_peer_that_lets_no_stream_through_makes_the_node_keep_no_more_than_a_few()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        _peer = new RawPeer(_mesh.Directory, "peer") { Reads = false };
        await Connect(node);
        var link = node.Connections.Link(_raw);
        await MeshFixture.Eventually("the hello is in", () => link.Session is not null);
        var payload = new byte[60_000];
        _peer.Runs.Reset();
        for (var number = 0; number < 2000; number++)
        {
            link.Session!.SendSingle(FrameCodec.WriteEphemeralHeader(new byte[FrameCodec.HeaderBytesMax], Guid.NewGuid(), "t"u8, payload.Length), payload);
        }

        var quic = link.Session!.Connection;
        var opening = quic.GetType().GetField("_opening", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(quic)!;
        var waiting = new List<QuicStream>();
        while (((StreamQueue)opening).TryDequeue(out var stream))
        {
            waiting.Add(stream);
        }

        var bytes = waiting.Sum(stream => (long)stream.BufferedBytes);
        Assert.True(bytes <= 128 * (payload.Length + FrameCodec.HeaderBytesMax), $"{waiting.Count} streams wait with {bytes} bytes");
    }

    [Fact]
    public async Task A_message_that_comes_again_after_its_connection_was_lost_is_taken_once()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        using var subscription = node.Subscribe("t");
        _peer = new RawPeer(_mesh.Directory, "peer");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var connection = await Connect(node);
            connection.OpenStream(0).TryWrite(Opening(2, 1, 1), MessageOf(1));
            await _peer.Frame(FrameKind.Acknowledge);
            connection.Close(77, "lost");
            await MeshFixture.Eventually("the node noticed", () => node.Report().Connections == 0);
        }

        Assert.Equal(1, subscription.Received);
    }

    [Fact]
    public async Task A_count_that_has_ended_cannot_speak_for_the_next_one()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        using var subscription = node.Subscribe("t");
        _peer = new RawPeer(_mesh.Directory, "peer");
        var first = await Connect(node);
        var old = first.OpenStream(0);
        old.TryWrite(Opening(2, 1, 1), MessageOf(1));
        await _peer.Frame(FrameKind.Acknowledge);
        var second = await _peer.ConnectAsync(node); // no hello: the first one stays
        second.OpenStream(0).TryWrite(Opening(2, 2, 1), MessageOf(1));
        await _peer.Frame(FrameKind.Acknowledge);

        old.TryWrite(MessageOf(2), default);
        old.TryWrite(MessageOf(3), default);
        second.OpenStream(0).TryWrite(Opening(3, 3, 1), MessageOf(1));
        await _peer.Frame(FrameKind.Acknowledge);

        Assert.Equal(3, subscription.Received);
    }

    [Fact]
    public async Task Connections_without_a_hello_do_not_pile_up()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        _peer = new RawPeer(_mesh.Directory, "peer");
        for (var number = 0; number < 40; number++)
        {
            _peer.Dial(node);
        }

        await MeshFixture.Eventually("all have come", () => node.Metrics.ToPrometheusText().Contains("chirps_transport_connections_opened_total{direction=\"incoming\"} 40\n", StringComparison.Ordinal));
        await MeshFixture.Eventually("only a few are kept", () => node.Connections.Count <= 4);
    }

    private async Task<ITransportConnection> Connect(MeshNode node)
    {
        var connection = await _peer!.ConnectAsync(node);
        connection.OpenStream(0).TryWrite(FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 8 << 20), default);
        return connection;
    }

    private static byte[] Opening(byte lane, ulong epoch, ulong first)
        => [.. FrameCodec.WriteOpen(new byte[FrameCodec.OpenBytes], new LaneOpening(lane, 1, 0, epoch, first, 64))];

    private static byte[] MessageOf(ulong sequence)
        => [.. FrameCodec.WriteMessageHeader(new byte[FrameCodec.HeaderBytesMax], sequence, Guid.NewGuid(), "t"u8, 0)];
}
