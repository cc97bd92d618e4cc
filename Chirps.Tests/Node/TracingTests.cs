using System.Collections.Concurrent;
using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node;
using Chirps.Node.Links;
using Chirps.Tests.Iggy.Backend;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Node;

/// <summary>Activities of real nodes. The source is one for the process, so each test looks at its own trace only.</summary>
public sealed class TracingTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();
    private readonly ConcurrentQueue<Activity> _stopped = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Theory]
    [InlineData(Profile.Control)]
    [InlineData(Profile.Ephemeral)]
    public async Task A_send_and_its_delivery_on_the_other_node_are_one_trace(Profile profile)
    {
        using var listener = Listen();
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");
        await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t"); // from here on there is a connection
        (await subscription.Messages.ReadAsync()).Dispose();

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await nodes[0].SendAsync(MemberId.Parse("b"), default, profile, "t");
        using (var message = await subscription.Messages.ReadAsync())
        {
            Assert.Equal(caller.TraceId, message.Trace.TraceId);
        }

        var send = await Stopped("chirps.send", caller.TraceId);
        var receive = await Stopped("chirps.receive", caller.TraceId);
        Assert.Equal((ActivityKind.Producer, caller.SpanId, "a", "b"), (send.Kind, send.ParentSpanId, send.GetTagItem("chirps.node"), send.GetTagItem("chirps.target")));
        Assert.Equal((ActivityKind.Consumer, send.SpanId, "b", "a"), (receive.Kind, receive.ParentSpanId, receive.GetTagItem("chirps.node"), receive.GetTagItem("chirps.source")));
        Assert.Equal("t", receive.GetTagItem("messaging.destination.name"));
        Assert.Equal(send.GetTagItem("messaging.message.id"), receive.GetTagItem("messaging.message.id"));
    }

    [Fact]
    public async Task A_send_that_fails_says_so_in_its_activity()
    {
        using var listener = Listen();
        var node = await _mesh.StartAsync(_mesh.Options("a"));

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await node.SendAsync(MemberId.Parse("nobody"), default, Profile.Control, "t");

        var send = await Stopped("chirps.send", caller.TraceId);
        Assert.Equal((ActivityStatusCode.Error, "UnknownNode"), (send.Status, send.GetTagItem("error.type")));
    }

    [Fact]
    public async Task A_running_activity_goes_with_the_message_although_nobody_listens_to_the_mesh()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");

        using var message = await subscription.Messages.ReadAsync();
        Assert.Equal(caller.TraceId, message.Trace.TraceId);
    }

    [Fact]
    public async Task A_durable_message_carries_its_trace_through_the_server()
    {
        await using var mesh = new DurableMesh();
        var nodes = await mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Durable, "t");

        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        using var message = await subscription.Messages.ReadAsync(patience.Token);
        Assert.Equal(caller.TraceId, message.Trace.TraceId);
    }

    [Theory]
    [InlineData(PeerFeatures.TraceContext, true)]
    [InlineData(PeerFeatures.None, false)] // a node of before
    public void A_trace_goes_only_to_a_node_that_said_it_takes_one(PeerFeatures features, bool carried)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new MeshMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var link = new PeerLink(MemberId.Parse("a"), MemberId.Parse("b"), 1, new LinkSettings(1, 4, new LimitOptions(), metrics, _ => { }));
        var connection = new FakeConnection();
        var session = new PeerSession(connection, link.Peer, link, 1 << 20);
        session.Confirm();
        session.Hello(1, 1 << 20, features);
        var trace = new TraceContext(1, 2, 3, 1);

        _ = link.Send(default, "t", new SendSettings(Lane: 2) { Trace = trace }, CancellationToken.None).AsTask();

        Assert.Contains(connection.Frames, frame => frame.Kind == FrameKind.Message);
        Assert.Equal(carried ? trace : default, connection.LastTrace);
        Assert.Equal((1 << 20) - (carried ? FrameCodec.HeaderBytesMax : FrameCodec.PlainHeaderBytesMax), session.PayloadBytesMax);
    }

    [Fact]
    public async Task An_accusation_is_a_trace_from_the_suspicion_to_the_death_with_its_accusers()
    {
        using var listener = Listen();
        var nodes = await _mesh.StartAsync("t1", "t2", "t3");

        await nodes[2].DisposeAsync();
        await MeshFixture.Eventually("both survivors have published the accusation", () => Accusations().Select(one => one.GetTagItem("chirps.node")).Distinct().Count() == 2);

        Assert.All(Accusations(), accusation =>
        {
            Assert.Equal("dead", accusation.GetTagItem("chirps.outcome"));
            Assert.Equal("suspect", accusation.Events.First().Name);
            Assert.Equal("dead", accusation.Events.Last().Name);
            Assert.Equal(default, accusation.ParentSpanId);
            Assert.True(accusation.Duration > TimeSpan.Zero);
        });
        Assert.Contains(Accusations(), accusation => accusation.Events.First().Tags.Any(tag => tag is { Key: "chirps.accuser", Value: "t1" or "t2" }));

        IEnumerable<Activity> Accusations() => _stopped.Where(activity => activity.OperationName == "chirps.accusation" && (string?)activity.GetTagItem("chirps.member") == "t3");
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ChirpsTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private async Task<Activity> Stopped(string name, ActivityTraceId trace)
    {
        Activity? found = null;
        await MeshFixture.Eventually($"{name} has ended", () => (found = _stopped.FirstOrDefault(activity => activity.OperationName == name && activity.TraceId == trace)) is not null);
        return found!;
    }
}
