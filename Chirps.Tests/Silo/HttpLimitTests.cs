using System.Net;
using System.Net.Sockets;
using System.Text;
using Chirps.Tests.Node;

namespace Chirps.Tests.Silo;

/// <summary>What callers may use up, and where callers may come from.</summary>
public sealed class HttpLimitTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-limit-").FullName;
    private SiloUnderTest _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloUnderTest.StartAsync(
        "solo", _directory, "--Chirps:Http:RequestBytesMax=1000", "--Chirps:Http:RequestBurst=20", "--Chirps:Http:RequestsPerSecond=1", "--Chirps:Http:HeadersTimeout=00:00:01", "--Chirps:Http:LivePagesMax=1", "--Chirps:Http:StreamsMax=2");

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    [InlineData("Host", "evil.example", HttpStatusCode.BadRequest)]
    [InlineData("Host", "127.0.0.1.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("Host", "10.0.0.1", HttpStatusCode.BadRequest)]
    [InlineData("Host", "localhost", HttpStatusCode.OK)]
    public async Task The_api_is_for_its_own_site(string header, string value, HttpStatusCode expected)
    {
        using var http = _silo.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/state") { Content = Json("""{"key":"k","text":"v"}""") };
        request.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(expected, (await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_pages_own_origin_is_let_in_and_a_foreign_websocket_is_not()
    {
        using var http = _silo.Client();
        using var own = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { { "Origin", _silo.Address.GetLeftPart(UriPartial.Authority) } } };
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/dashboard/") { Headers = { { "Origin", "https://evil.example" }, { "Upgrade", "websocket" }, { "Connection", "Upgrade" } } };

        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(own)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    public async Task A_body_that_a_form_can_send_is_refused(string type)
    {
        using var http = _silo.Client();
        using var content = new StringContent("""{"key":"k","text":"v"}""", Encoding.UTF8, type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.PostAsync("/api/state", content)).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.PostAsync("/api/leave", content)).StatusCode);
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_is_as_long_as_allowed(int bytes, HttpStatusCode expected)
    {
        const string frame = """{"key":"k","text":""}""";
        using var http = _silo.Client();
        using var content = Json(frame.Insert(frame.Length - 2, new string('x', bytes - frame.Length)));

        Assert.Equal(expected, (await http.PostAsync("/api/state", content)).StatusCode);
    }

    [Fact]
    public async Task A_caller_with_too_many_requests_is_told_when_to_come_again_and_health_is_told_all_the_same()
    {
        using var http = _silo.Client();
        HttpResponseMessage last;
        do
        {
            last = await http.GetAsync("/membership");
        }
        while (last.StatusCode == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        Assert.True(last.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Contains("RequestsPerSecond", await last.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("ok\n", await http.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task A_caller_that_never_ends_its_headers_is_cut_off()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _silo.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray());

        using var reader = new StreamReader(stream);
        Assert.Contains("408", await reader.ReadToEndAsync().WaitAsync(MeshFixture.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_live_pages_than_allowed_are_refused_until_one_is_closed()
    {
        using var http = _silo.Client();
        using (await http.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead))
        {
            using var refused = await http.GetAsync("/api/live");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }

        var feed = (Chirps.Silo.Page.LiveFeed)_silo.Services.GetService(typeof(Chirps.Silo.Page.LiveFeed))!;
        await MeshFixture.Eventually("the closed page is noticed", () => feed.Clients == 0);
        using var again = await http.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/subscribe?topic=t")]
    [InlineData("/api/state/events")]
    [InlineData("/api/replay?channel=t")]
    public async Task More_streams_than_allowed_are_refused_until_one_is_closed(string path)
    {
        using var http = _silo.Client();
        using (await Open("/api/subscribe?topic=t&counts=true"))
        {
            using (await Open("/api/events"))
            {
                using var refused = await http.GetAsync(path);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                Assert.Contains("Chirps:Http:StreamsMax", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Contains("\nchirps_http_streams 2\n", Metrics(), StringComparison.Ordinal);
                Assert.Contains("\nchirps_http_streams_refused_total 1\n", Metrics(), StringComparison.Ordinal);
            }

            await MeshFixture.Eventually("the closed stream is noticed", () => Metrics().Contains("\nchirps_http_streams 1\n", StringComparison.Ordinal));
            using var again = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.NotEqual(HttpStatusCode.ServiceUnavailable, again.StatusCode);
        }

        async Task<HttpResponseMessage> Open(string stream)
        {
            var response = await http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return response;
        }

        string Metrics() => _silo.Node.Metrics.ToPrometheusText();
    }

    [Theory]
    [InlineData("/api/send", """{"target":"solo","topic":"t","profile":7}""")]
    [InlineData("/api/send", """{"target":"solo","topic":"t","profile":"Foo"}""")]
    [InlineData("/api/broadcast", """{"topic":"t","profile":7}""")]
    public async Task A_profile_that_is_none_is_answered_with_those_there_are(string path, string body)
    {
        using var http = _silo.Client();
        using var refused = await http.PostAsync(path, Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("profile: one of Control, Ephemeral, Durable is needed", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_keep_other_sites_from_framing_and_guessing()
    {
        using var http = _silo.Client();
        using var page = await http.GetAsync("/");

        Assert.StartsWith("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Empty(page.Headers.Server);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
