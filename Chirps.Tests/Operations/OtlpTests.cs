using System.Collections.Concurrent;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Operations;

/// <summary>Export to a collector, which is a small receiver of OTLP over HTTP here.</summary>
public sealed class OtlpTests : IAsyncLifetime
{
    private readonly Silos _silos = new();
    private readonly ConcurrentQueue<(string Path, string? Token, string Body)> _received = new();
    private WebApplication _collector = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _collector = builder.Build();
        _collector.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _received.Enqueue((request.Path, request.Headers.Authorization, Encoding.Latin1.GetString(body.ToArray())));
            return Results.Bytes([], "application/x-protobuf");
        });
        await _collector.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        await _collector.StopAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_and_traces_of_a_node_reach_its_collector()
    {
        await _silos.StartAsync(
            "exporter", null, $"--Chirps:Silo:Otlp:Endpoint={_collector.Urls.First()}", "--Chirps:Silo:Otlp:Interval=00:00:00.200", "--Chirps:Silo:Otlp:Headers=authorization=Bearer abc");
        await _silos.StartAsync("bystander"); // of the same process, with a meter of the same name
        using var subscription = _silos.Nodes[0].Subscribe("t");
        await _silos.Nodes[0].SendAsync(MemberId.Parse("exporter"), default, Profile.Control, "t");

        await MeshFixture.Eventually("metrics came", () => Has("/v1/metrics", "chirps.membership.alive", "swim.suspicion.duration", "service.instance.id", "exporter", "chirps.node"));
        await _silos.StopAsync(0); // what is left is sent
        await MeshFixture.Eventually("traces came", () => Has("/v1/traces", "chirps.send", "messaging.destination.name", "exporter"));

        Assert.All(_received, request => Assert.Equal("Bearer abc", request.Token));
        Assert.DoesNotContain(_received, request => request.Path == "/v1/metrics" && request.Body.Contains("bystander", StringComparison.Ordinal));
    }

    private bool Has(string path, params string[] words)
        => _received.Any(request => request.Path == path && words.All(word => request.Body.Contains(word, StringComparison.Ordinal)));
}
