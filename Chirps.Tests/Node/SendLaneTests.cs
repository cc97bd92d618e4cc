using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>What a node puts on the wire for its lanes, seen by a peer that answers by hand.</summary>
public sealed class SendLaneTests : IAsyncLifetime
{
    private static readonly SendSettings _patient = new(MeshFixture.Patience);

    private readonly MeshFixture _mesh = new();
    private MeshNode _node = null!;
    private RawPeer _peer = null!;
    private ITransportConnection _connection = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _peer?.Dispose();
        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_message_given_up_is_skipped_on_the_next_connection()
    {
        await Start();
        using var cancellation = new CancellationTokenSource();
        var given = Send("given", _patient with { Lane = 2 }, cancellationToken: cancellation.Token);
        var kept = Send("kept", _patient with { Lane = 2 });
        Assert.Equal("given", (await _peer.Frame(FrameKind.Message)).Topic);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        _connection.Close(77, "lost");
        await Connect();
        var opened = await _peer.Frame(FrameKind.Open);
        var (skip, message) = (await _peer.NextFrame(), await _peer.NextFrame());

        Assert.Equal((2, 1UL), (opened.Opening.Lane, opened.Opening.First));
        Assert.Equal((FrameKind.Skip, 1UL), (skip.Kind, skip.Sequence));
        Assert.Equal((FrameKind.Message, 2UL, "kept"), (message.Kind, message.Sequence, message.Topic));
        Acknowledge(message);
        Assert.Equal(Outcome.Delivered, (await kept).Outcome);
    }

    [Fact]
    public async Task When_the_peer_has_lost_the_count_only_what_began_on_this_connection_goes_again()
    {
        await Start();
        var early = Send("early", _patient with { Lane = 2 });
        await _peer.Frame(FrameKind.Message);
        _connection.Close(77, "lost");
        await Connect();
        var opened = await _peer.Frame(FrameKind.Open);
        await _peer.Frame(FrameKind.Message);
        var late = Send("late", _patient with { Lane = 2 });
        await _peer.Frame(FrameKind.Message);

        opened.Stream.TryWrite(FrameCodec.WriteLost(new byte[FrameCodec.SmallBytesMax], opened.Opening.Epoch), default);

        Assert.Equal((Outcome.Unknown, FailureReason.PeerRestarted), await OutcomeOf(early));
        var again = await _peer.Frame(FrameKind.Open);
        var message = await _peer.NextFrame();
        Assert.True(again.Opening.Epoch > opened.Opening.Epoch);
        Assert.Equal((1UL, 1UL, "late"), (again.Opening.First, message.Sequence, message.Topic));
        Acknowledge(message);
        Assert.Equal(Outcome.Delivered, (await late).Outcome);
    }

    [Fact]
    public async Task A_lane_that_is_not_read_stops_its_own_sender_and_nobody_else()
    {
        await Start(options => options.Limits.ControlWindowBytes = 1 << 20, reads: false);
        var large = new byte[1 << 20];

        var stuck = Enumerable.Range(0, 6).Select(_ => Send("bulk", _patient with { Lane = 1 }, large)).ToList();
        var refused = await Send("bulk", new SendSettings(NoWait: true, Lane: 1), large);
        var urgent = Send("urgent", _patient with { Lane = 0 });
        var data = Send("data", _patient with { Lane = 3 });
        var topics = new List<string> { (await _peer.Frame(FrameKind.Message)).Topic, (await _peer.Frame(FrameKind.Message)).Topic };

        Assert.Equal((Outcome.Rejected, FailureReason.QueueFull), (refused.Outcome, refused.Reason));
        Assert.Equal(["data", "urgent"], topics.Order());
        Assert.All([.. stuck, urgent, data], send => Assert.False(send.IsCompleted));
    }

    [Fact]
    public async Task Waiting_is_bounded_by_bytes()
    {
        await Start(
            options =>
            {
                options.Limits.ControlWindowBytes = 1000;
                options.Limits.ControlWaitingBytes = 1500;
            },
            reads: false);
        var payload = new byte[1000];

        _ = Send("on its way", _patient with { Lane = 1 }, payload);
        _ = Send("waits", _patient with { Lane = 1 }, payload);
        var third = await Send("too much", _patient with { Lane = 1 }, payload);

        Assert.Equal((Outcome.Rejected, FailureReason.QueueFull), (third.Outcome, third.Reason));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(14, 2)]
    public async Task Topics_spread_over_the_data_lanes_and_each_keeps_its_own(int dataLanes, int least)
    {
        await Start(options => options.Backends.Quic.DataLanes = dataLanes);
        var lanes = new Dictionary<string, HashSet<int>>();
        var opened = new Dictionary<ITransportStream, int>();
        for (var number = 0; number < 200; number++)
        {
            _ = Send($"topic-{number % 50}", _patient);
        }

        for (var messages = 0; messages < 200;)
        {
            var frame = await _peer.NextFrame();
            if (frame.Kind == FrameKind.Open)
            {
                opened[frame.Stream] = frame.Opening.Lane;
            }
            else if (frame.Kind == FrameKind.Message)
            {
                messages++;
                (lanes.TryGetValue(frame.Topic, out var set) ? set : lanes[frame.Topic] = []).Add(opened[frame.Stream]);
            }
        }

        Assert.All(lanes.Values, set => Assert.Single(set));
        Assert.InRange(lanes.Values.SelectMany(set => set).Distinct().Count(), least, dataLanes);
        Assert.All(lanes.Values.SelectMany(set => set), lane => Assert.InRange(lane, 2, 1 + dataLanes));
    }

    [Fact]
    public async Task A_lane_that_does_not_exist_is_the_callers_mistake()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, "t", new SendSettings(Lane: 6)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, "t", new SendSettings(Lane: -1)));
        Assert.Equal(FailureReason.NoSubscriber, (await node.SendAsync(MemberId.Parse("a"), default, Profile.Control, "t", new SendSettings(Lane: 5))).Reason);
    }

    private static void Acknowledge(FrameSeen frame)
        => frame.Stream.TryWrite(FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], frame.Sequence, default), default);

    private static async Task<(Outcome, FailureReason)> OutcomeOf(Task<SendResult> send)
    {
        var result = await send.WaitAsync(MeshFixture.Patience);
        return (result.Outcome, result.Reason);
    }

    private async Task Start(Action<MeshOptions>? configure = null, bool reads = true)
    {
        var options = _mesh.Options("a");
        configure?.Invoke(options);
        _node = await _mesh.StartAsync(options);
        _peer = new RawPeer(_mesh.Directory, "peer") { Reads = reads };
        await Connect();
        await MeshFixture.Eventually("the hello is in", () => _node.Connections.Link(MemberId.Parse("peer")).Session is { IsPeerKnown: true });
    }

    private async Task Connect()
    {
        _connection = await _peer.ConnectAsync(_node);
        _connection.OpenStream(0).TryWrite(FrameCodec.WriteHello(new byte[FrameCodec.HelloBytes], 1, 8 << 20), default);
    }

    private Task<SendResult> Send(string topic, in SendSettings settings, byte[]? payload = null, CancellationToken cancellationToken = default)
        => _node.Connections.Link(MemberId.Parse("peer")).Send(payload ?? [], topic, settings, cancellationToken).AsTask().WaitAsync(MeshFixture.Patience, CancellationToken.None);
}
