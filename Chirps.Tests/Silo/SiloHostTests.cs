using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chirps.Node;
using Chirps.Silo;
using Chirps.Silo.Commands;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Silo;

/// <summary>The HTTP surface of a silo as it is run, on a free port.</summary>
public sealed class SiloHostTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-silo-").FullName;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _app = SiloHost.Build(Arguments());
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http = new HttpClient { BaseAddress = new Uri(address), Timeout = MeshFixture.Patience };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_node_without_seeds_is_healthy_and_ready_and_says_why()
    {
        Assert.Equal("ok\n", await _http.GetStringAsync("/healthz"));
        Assert.StartsWith("ready\n+ loop: ok\n+ joined: ok\n+ transport: ok\n+ iggy: ", await _http.GetStringAsync("/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_membership_is_json_with_names_for_states_and_ids()
    {
        var reply = await _http.GetFromJsonAsync<JsonElement>("/membership");

        Assert.Equal("solo", reply.GetProperty("members")[0].GetProperty("id").GetString());
        Assert.Equal("Alive", reply.GetProperty("members")[0].GetProperty("state").GetString());
        Assert.True(reply.GetProperty("status").GetProperty("joined").GetBoolean());
    }

    [Fact]
    public async Task One_member_has_a_page_of_its_own_and_an_unknown_one_is_not_found()
    {
        var known = await _http.GetFromJsonAsync<JsonElement>("/membership/solo");

        Assert.Equal("solo", known.GetProperty("member").GetProperty("id").GetString());
        Assert.Equal(0, known.GetProperty("evidence").GetProperty("phi").GetDouble());
        Assert.Empty(known.GetProperty("evidence").GetProperty("accusations").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/membership/nobody")).StatusCode);
    }

    [Fact]
    public async Task The_metrics_have_the_published_names()
    {
        var text = await _http.GetStringAsync("/metrics");

        string[] names =
        [
            "chirps_membership_alive", "chirps_membership_suspect", "chirps_ping_duration_seconds_bucket", "chirps_messages_sent_total{profile=\"control\"}",
            "chirps_messages_received_total", "chirps_message_drops_total", "swim_members_alive", "swim_members_suspect", "swim_members_dead", "swim_pings_sent_total",
            "swim_probe_failures_total", "swim_gossip_rounds_total",
        ];
        Assert.All(names, name => Assert.Contains($"\n{name}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_sent_over_http_reaches_a_reader_of_the_stream()
    {
        using var reader = new StreamReader(await _http.GetStreamAsync("/api/subscribe?topic=t"));
        Assert.Equal("event: subscribed", await reader.ReadLineAsync());

        var reply = await Post("/api/send", new { target = "solo", topic = "t", text = "hi" });
        var lines = new List<string?>();
        while (lines.LastOrDefault()?.Contains("\"text\":\"hi\"", StringComparison.Ordinal) != true)
        {
            lines.Add(await reader.ReadLineAsync());
        }

        Assert.Equal(1, reply.GetProperty("outcomes").GetProperty("Delivered").GetInt32());
    }

    [Theory]
    [InlineData("""{"target":"solo","topic":""}""", "topic")]
    [InlineData("""{"topic":"t"}""", "target")]
    [InlineData("""{"target":"solo","topic":"t","count":0}""", "count")]
    [InlineData("""{"target":"solo","topic":"t","base64":"!"}""", "base64")]
    [InlineData("""{"target":"solo","topic":"t","lane":9}""", "The lanes are 0 (urgent), 1 (bulk) and 2 to 5 (data).\"}")]
    [InlineData("""{"target":"solo","topic":"t","lane":"urgent"}""", "lane: a whole number is needed")]
    [InlineData("""{"target":"solo","topic":"t","profile":"Best"}""", "profile: one of Control, Ephemeral, Durable is needed")]
    [InlineData("""{"target":"solo","topic":"t","value":"x"}""", "value: no such field; there are target, topic")]
    [InlineData("""{"target":"solo",""", "the body is no JSON object")]
    public async Task A_request_that_makes_no_sense_is_refused_with_the_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/api/send", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_under_a_foreign_host_name_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { Host = "evil.example" } };

        Assert.Equal(HttpStatusCode.BadRequest, (await _http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_orleans_dashboard_is_served()
    {
        using var response = await _http.GetAsync("/dashboard/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("--Chirps:Mesh:Clustre=x", "Chirps:Mesh:Clustre")]
    [InlineData("--Chirps:Silo:HttpAddress=0.0.0.0:80", "Chirps:Http:Token")]
    [InlineData("--Chirps:Silo:Port=1", "Chirps:Silo:Port")]
    [InlineData("--Chirps:Silo:LogFormat=xml", "Chirps:Silo:LogFormat")]
    [InlineData("--Chirps:Silo:Otlp:Endpoint=collector", "Chirps:Silo:Otlp:Endpoint")]
    [InlineData("--Chirps:Silo:Otlp:Interval=00:00:00.099", "Chirps:Silo:Otlp:Interval")]
    [InlineData("--Chirps:Silo:Otlp:Headers=token", "Chirps:Silo:Otlp:Headers")]
    [InlineData("--Chirps:Swim:Period=fast", "Chirps:Swim:Period")]
    public void A_mistake_in_the_configuration_stops_the_start_and_names_its_key(string argument, string key)
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => SiloHost.Build([.. Arguments(), argument]));

        Assert.Equal(key, Assert.Single(exception.Problems).Key);
    }

    [Fact]
    public async Task A_start_that_is_not_possible_ends_with_exit_code_2()
        => Assert.Equal(RunCommand.ExitNotStarted, await RunCommand.RunAsync([.. Arguments(), "--Chirps:Tls:CertPath=/missing.crt", "--Chirps:Tls:KeyPath=/missing.key", "--Chirps:Tls:CaPath=/missing.ca"], CancellationToken.None));

    private async Task<JsonElement> Post(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private string[] Arguments() =>
    [
        "--Chirps:Mesh:NodeId=solo", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={_directory}",
        "--Chirps:Silo:HttpAddress=127.0.0.1:0", $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}",
    ];
}
