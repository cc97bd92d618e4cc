using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chirps.Silo;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Silo;

/// <summary>Durable channels over HTTP, of a silo that hosts the server.</summary>
public sealed class ChannelHttpTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-silo-").FullName;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _app = SiloHost.Build(
        [
            "--Chirps:Mesh:NodeId=solo", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={_directory}",
            "--Chirps:Backends:Iggy:SendTimeout=00:00:20", "--Chirps:Silo:HttpAddress=127.0.0.1:0", $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}",
        ]);
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http = new HttpClient { BaseAddress = new Uri(address), Timeout = MeshFixture.Patience };
        var channels = _app.Services.GetRequiredService<Chirps.Iggy.Durable.IDurableChannels>();
        await MeshFixture.Eventually("the server is reached", () => channels.Status.IsConnected);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_was_published_is_listed_and_replayed()
    {
        var published = await Publish(new { channel = "orders", text = "hi", key = "k", count = 3 });
        Assert.Equal(3, published.GetProperty("outcomes").GetProperty("Persisted").GetInt32());
        var partition = published.GetProperty("receipt").GetProperty("partition").GetInt32();

        var channel = (await _http.GetFromJsonAsync<JsonElement>("/api/channels?name=orders")).GetProperty("channels")[0];
        Assert.Equal(3, channel.GetProperty("messages").GetInt32());
        Assert.Equal(3, channel.GetProperty("partitions")[partition].GetProperty("nextOffset").GetInt32());

        var lines = (await _http.GetStringAsync($"/api/replay?channel=orders&from=1&partition={partition}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Equal((1, "hi", "k", "solo"), Message(lines[0]));
        Assert.Equal((2, "hi", "k", "solo"), Message(lines[1]));
        Assert.Equal(2, lines[2].GetProperty("end").GetProperty("messages").GetInt32());
    }

    [Fact]
    public async Task A_live_replay_says_when_it_stands_and_goes_on()
    {
        await Publish(new { channel = "orders", text = "before" });
        using var reader = new StreamReader(await _http.GetStreamAsync("/api/replay?channel=orders&from=now"));
        Assert.Equal("""{"subscribed":{}}""", await reader.ReadLineAsync());

        await Publish(new { channel = "orders", text = "after" });

        Assert.Equal("after", JsonDocument.Parse((await reader.ReadLineAsync())!).RootElement.GetProperty("message").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_replay_can_come_as_server_sent_events()
    {
        await Publish(new { channel = "orders", text = "hi" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/replay?channel=orders") { Headers = { { "Accept", "text/event-stream" } } };
        using var response = await _http.SendAsync(request);

        var kinds = (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal));

        Assert.Equal(["event: subscribed", "event: message", "event: end"], kinds);
    }

    [Fact]
    public async Task The_lag_of_a_named_consumer_is_told()
    {
        await Publish(new { channel = "orders", text = "hi", count = 4 });

        var reply = await _http.GetFromJsonAsync<JsonElement>("/api/lag?channel=orders&consumer=a&consumer=b");

        Assert.Equal([("a", 4), ("b", 4)], reply.GetProperty("consumers").EnumerateArray().Select(one => (one.GetProperty("consumer").GetString()!, one.GetProperty("lag").GetInt32())));
    }

    [Theory]
    [InlineData("/api/channels?name=nowhere", HttpStatusCode.NotFound, "nowhere")]
    [InlineData("/api/replay?channel=nowhere", HttpStatusCode.NotFound, "nowhere")]
    [InlineData("/api/replay?channel=orders&partition=9", HttpStatusCode.NotFound, "no partition 9; it has 4")]
    [InlineData("/api/replay?channel=orders&from=3", HttpStatusCode.BadRequest, "partition")]
    [InlineData("/api/replay?channel=orders&from=later", HttpStatusCode.BadRequest, "from")]
    [InlineData("/api/replay?channel=orders&limit=0", HttpStatusCode.BadRequest, "limit")]
    [InlineData("/api/replay", HttpStatusCode.BadRequest, "channel")]
    [InlineData("/api/lag?channel=nowhere", HttpStatusCode.NotFound, "nowhere")]
    public async Task What_cannot_be_read_is_named(string path, HttpStatusCode status, string problem)
    {
        await Publish(new { channel = "orders", text = "hi" });
        using var response = await _http.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(problem, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":"x"}""", "channel")]
    [InlineData("""{"channel":"chirps.broadcast","text":"x"}""", "chirps.")]
    [InlineData("""{"channel":"c","text":"x","base64":"eA=="}""", "one of them")]
    [InlineData("""{"channel":"c","key":""}""", "key")]
    [InlineData("""{"channel":"c","count":0}""", "count")]
    public async Task What_cannot_be_published_is_refused_with_the_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/api/publish", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static (int Offset, string? Text, string? Key, string? From) Message(JsonElement line)
    {
        var message = line.GetProperty("message");
        return (message.GetProperty("offset").GetInt32(), message.GetProperty("text").GetString(), message.GetProperty("key").GetString(), message.GetProperty("from").GetString());
    }

    private async Task<JsonElement> Publish(object body)
    {
        using var response = await _http.PostAsJsonAsync("/api/publish", body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
