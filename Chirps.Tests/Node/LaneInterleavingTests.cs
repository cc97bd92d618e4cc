using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Node.Links;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Node;

/// <summary>The sending side of a link with a transport that the test plays.</summary>
public sealed class LaneInterleavingTests : IDisposable
{
    private static readonly SendSettings _settings = new(TimeSpan.FromMinutes(5), Lane: 2);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LimitOptions _limits = new() { ControlWindow = 1 };
    private readonly PeerLink _link;

    public LaneInterleavingTests()
    {
        var metrics = MakeMetrics(_services.GetRequiredService<IMeterFactory>());
        _link = new PeerLink(MemberId.Parse("a"), MemberId.Parse("b"), 1, new LinkSettings(1, 4, _limits, metrics, static _ => { }));
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Room_that_comes_just_as_a_send_begins_to_wait_is_used()
    {
        var written = 0L;
        FakeStream? stream = null;
        var stop = false;
        var acknowledged = 0L;
        var connection = new FakeConnection();
        connection.Written = (kind, sequence, on) =>
        {
            if (kind == FrameKind.Message)
            {
                stream = on;
                Volatile.Write(ref written, (long)sequence);
            }
        };
        Admit(connection, 1);
        var acknowledger = new Thread(() =>
        {
            var bytes = new byte[FrameCodec.AcknowledgeBytesMax];
            var random = new Random(1);
            for (var last = 0L; !Volatile.Read(ref stop);)
            {
                var now = Volatile.Read(ref written);
                if (now != last)
                {
                    last = now;
                    Thread.SpinWait(random.Next(60));
                    ((OutStream)stream!.State!).Receive(FrameCodec.WriteAcknowledge(bytes, (ulong)now, default), out _);
                    Volatile.Write(ref acknowledged, now);
                }
            }
        });
        acknowledger.Start();
        var started = Stopwatch.GetTimestamp();
        var pairs = 0L;
        var stalled = false;
        while (!stalled && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2))
        {
            // The second finds the window full, or not, depending on when the first is acknowledged.
            var one = _link.Send(default, "t", _settings, CancellationToken.None);
            var two = _link.Send(default, "t", _settings, CancellationToken.None);
            stalled = !SpinWait.SpinUntil(() => one.IsCompleted && two.IsCompleted, TimeSpan.FromSeconds(10));
            if (!stalled)
            {
                _ = await one;
                _ = await two;
                pairs++;
            }
        }

        Volatile.Write(ref stop, true);
        acknowledger.Join();

        Assert.False(stalled, $"after {pairs} pairs {_link.Pending} sends wait beside an empty window; last written {written}, acknowledged {acknowledged}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // its hello comes before anything is written
    public async Task What_the_former_process_may_have_had_never_goes_to_the_next_one(bool written)
    {
        var first = new FakeConnection();
        var before = Admit(first, 1);
        Acknowledge(first, _link.Send(default, "t", _settings, CancellationToken.None));
        var send = _link.Send(default, "t", new SendSettings(TimeSpan.FromMinutes(1), Lane: 2), CancellationToken.None).AsTask();
        Assert.Contains(first.Frames, frame => frame.Kind == FrameKind.Message);
        _link.Disconnected(before);

        // Resumed for the former process, it turns out to be the next one, and is gone before that can say it knows nothing.
        var second = new FakeConnection { IsOpen = false };
        var early = new PeerSession(second, _link.Peer, _link, 1 << 20);
        _link.BeginEarly(early);
        if (written)
        {
            await MeshFixture.Eventually("it went again", () => second.Frames.Any(frame => frame.Kind == FrameKind.Message));
        }

        second.IsOpen = true;
        early.Confirm();
        early.Hello(2, 1 << 20);
        _link.Disconnected(early);

        var third = new FakeConnection();
        Admit(third, 2);
        await MeshFixture.Eventually("it is decided", () => send.IsCompleted || third.Frames.Any(frame => frame.Kind == FrameKind.Message));
        var opened = third.Frames.FirstOrDefault(frame => frame.Kind == FrameKind.Open).Opening;

        Assert.True(send.IsCompleted, $"sent to the next process: {opened}");
        Assert.Equal((Outcome.Unknown, FailureReason.PeerRestarted), ((await send).Outcome, (await send).Reason));
    }

    [Fact]
    public async Task A_count_of_which_the_peer_may_not_have_heard_waits_for_the_handshake()
    {
        var first = new FakeConnection();
        var before = Admit(first, 1);
        var send = _link.Send(default, "t", _settings, CancellationToken.None).AsTask();
        _link.Disconnected(before);

        var second = new FakeConnection { IsOpen = false };
        var early = new PeerSession(second, _link.Peer, _link, 1 << 20);
        _link.BeginEarly(early);
        var next = _link.Send(default, "t", _settings with { Lane = 3 }, CancellationToken.None).AsTask();
        Assert.DoesNotContain(second.Frames, frame => frame.Kind == FrameKind.Open);
        second.IsOpen = true;
        early.Confirm();
        early.Hello(1, 1 << 20);
        await MeshFixture.Eventually("both went", () => second.Frames.Count(frame => frame.Kind == FrameKind.Message) == 2);

        Assert.Equal(
            first.Frames.Single(frame => frame.Kind == FrameKind.Open).Opening.Epoch,
            second.Frames.Single(frame => frame.Kind == FrameKind.Open && frame.Opening.Lane == 2).Opening.Epoch);
        Assert.False(send.IsCompleted);
        Assert.False(next.IsCompleted);
    }

    private static void Acknowledge(FakeConnection connection, ValueTask<SendResult> send)
    {
        var message = connection.Frames.Last(frame => frame.Kind == FrameKind.Message);
        ((OutStream)message.Stream.State!).Receive(FrameCodec.WriteAcknowledge(new byte[FrameCodec.AcknowledgeBytesMax], message.Sequence, default), out _);
        Assert.True(send.IsCompleted);
        _ = send.AsTask();
    }

    private PeerSession Admit(FakeConnection connection, ulong generation)
    {
        var session = new PeerSession(connection, _link.Peer, _link, 1 << 20);
        session.Confirm();
        session.Hello(generation, 1 << 20);
        return session;
    }

    private static MeshMetrics MakeMetrics(IMeterFactory factory) => new(factory);
}
