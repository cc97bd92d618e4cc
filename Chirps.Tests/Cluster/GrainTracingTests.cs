using System.Collections.Concurrent;
using System.Diagnostics;
using Chirps.Node;
using Chirps.Tests.Node;
using Orleans.Diagnostics;

namespace Chirps.Tests.Cluster;

/// <summary>Traces that begin in front of a grain. The sources are one for the process, so the test looks at its own trace only.</summary>
public sealed class GrainTracingTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-grain-trace-").FullName;
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private MeshCluster _a = null!;
    private MeshCluster _b = null!;

    public async Task InitializeAsync()
    {
        _a = await MeshCluster.StartAsync("a", _directory);
        _b = await MeshCluster.StartAsync("b", _directory, _a.Node.Membership.Self.Address.ToString());
    }

    public async Task DisposeAsync()
    {
        await _b.DisposeAsync();
        await _a.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_activity_of_a_client_goes_through_the_grain_to_the_subscriber_on_the_other_node()
    {
        using var listener = Listen();
        using var subscription = _b.Node.Subscribe("t");
        await MeshFixture.Eventually("the nodes know each other", () => _a.Node.Membership.Members.Count == 2);

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await _a.Mesh.SendTo(new NodeId("b"), "hi"u8.ToArray(), MessageProfile.Control, "t");

        Assert.Same(caller, Activity.Current);
        using var message = await subscription.Messages.ReadAsync();
        Assert.Equal(caller.TraceId, message.Trace.TraceId);
        var client = await Stopped("IMeshGrain/SendTo", ActivityKind.Client, caller);
        var server = await Stopped("IMeshGrain/SendTo", ActivityKind.Server, caller);
        var send = await Stopped("chirps.send", ActivityKind.Producer, caller);
        Assert.Equal((caller.SpanId, client.SpanId, server.SpanId), (client.ParentSpanId, server.ParentSpanId, send.ParentSpanId));
    }

    [Fact]
    public async Task A_call_that_fails_says_so_in_the_activities_of_both_sides()
    {
        using var listener = Listen();

        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await Assert.ThrowsAsync<ArgumentException>(() => _a.Mesh.SendTo(new NodeId("b"), default, MessageProfile.Control, ""));

        Assert.Equal(ActivityStatusCode.Error, (await Stopped("IMeshGrain/SendTo", ActivityKind.Client, caller)).Status);
        Assert.Equal(ActivityStatusCode.Error, (await Stopped("IMeshGrain/SendTo", ActivityKind.Server, caller)).Status);
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ChirpsTelemetry.SourceName or ActivitySources.ApplicationGrainActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private async Task<Activity> Stopped(string name, ActivityKind kind, Activity caller)
    {
        Activity? found = null;
        await MeshFixture.Eventually($"{name} ({kind}) has ended", () => (found = _stopped.FirstOrDefault(one => one.OperationName == name && one.Kind == kind && one.TraceId == caller.TraceId)) is not null);
        return found!;
    }
}
