using System.Diagnostics;
using System.Net.Http.Json;
using Chirps.Node;
using Chirps.Tests.Node;
using Orleans.Diagnostics;

namespace Chirps.Tests.Operations;

/// <summary>A trace that comes with a request.</summary>
public sealed class HttpTracingTests : IAsyncLifetime
{
    private readonly Silos _silos = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _silos.DisposeAsync().AsTask();

    [Fact]
    public async Task The_trace_of_a_request_arrives_with_the_message_on_the_other_node()
    {
        await _silos.StartAsync("a");
        await _silos.StartAsync("b");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ChirpsTelemetry.SourceName or ActivitySources.ApplicationGrainActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var subscription = _silos.Nodes[1].Subscribe("t");
        var trace = ActivityTraceId.CreateRandom();
        using var http = new HttpClient { BaseAddress = new Uri(_silos.Addresses[0]), Timeout = MeshFixture.Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/send") { Content = JsonContent.Create(new { target = "b", topic = "t", text = "hi" }) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        using var response = await http.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        using var message = await subscription.Messages.ReadAsync();
        Assert.Equal(trace, message.Trace.TraceId);
    }
}
