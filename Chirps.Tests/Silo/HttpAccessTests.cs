using System.Net;
using System.Net.Http.Json;
using Chirps.Silo.Http;
using Chirps.Tests.Node;

namespace Chirps.Tests.Silo;

/// <summary>Who is let in when a token is asked for.</summary>
public sealed class HttpAccessTests : IAsyncLifetime
{
    private const string Token = "correct-horse-battery-staple";

    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-access-").FullName;
    private SiloUnderTest _silo = null!;

    private string TokenFile => Path.Combine(_directory, "token");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(TokenFile, $"{Token}\n");
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _silo = await SiloUnderTest.StartAsync("solo", _directory, $"--Chirps:Http:TokenFile={TokenFile}");
    }

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/membership")]
    [InlineData("/state")]
    [InlineData("/metrics")]
    [InlineData("/dashboard/")]
    [InlineData("/page/main.js")]
    [InlineData("/api/live")]
    [InlineData("/api/events")]
    [InlineData("/nothing/here")]
    [InlineData("/HEALTHZ")]
    [InlineData("/healthz/")]
    public async Task Without_the_token_nothing_is_told_but_health(string path)
    {
        using var http = _silo.Client();
        using var response = await http.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task What_is_open_to_everybody_is_health_and_the_sign_in_form()
    {
        using var http = _silo.Client();

        Assert.Equal(["/healthz", "/readyz", "/sign-in", "/page/page.css", "/page/icon.svg"], AccessMiddleware.Open);
        Assert.All(AccessMiddleware.Open, path => Assert.Equal(HttpStatusCode.OK, http.GetAsync(path).GetAwaiter().GetResult().StatusCode));
        Assert.DoesNotContain("solo", await http.GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer correct-horse-battery-staple", HttpStatusCode.OK)]
    [InlineData("bearer correct-horse-battery-staple", HttpStatusCode.OK)]
    [InlineData("Bearer correct-horse-battery-stapl", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer correct-horse-battery-staplee", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic correct-horse-battery-staple", HttpStatusCode.Unauthorized)]
    public async Task The_token_and_only_the_token_opens(string header, HttpStatusCode expected)
    {
        using var http = _silo.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/membership");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        Assert.Equal(expected, (await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Streams_of_events_open_with_the_token()
    {
        using var http = _silo.Client(Token);
        using var response = await http.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_browser_is_led_to_the_form_and_its_cookie_opens()
    {
        using var http = _silo.Client();
        using var page = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" } } };
        using var redirected = await http.SendAsync(page);
        using var signedIn = await SignIn(http, Token);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        using var withCookie = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { { "Cookie", cookie.Split(';')[0] } } };

        Assert.Equal("/sign-in", redirected.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(withCookie)).StatusCode);
    }

    [Theory]
    [InlineData("99999999999.00")]
    [InlineData("99999999999.")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("correct-horse-battery-staple")]
    public async Task A_cookie_that_the_node_did_not_make_opens_nothing(string value)
    {
        using var http = _silo.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/membership");
        request.Headers.TryAddWithoutValidation("Cookie", $"chirps-session-{_silo.Address.Port}={value}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_token_in_the_form_is_told_and_sets_no_cookie()
    {
        using var http = _silo.Client();
        using var response = await SignIn(http, "wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Contains("not the token", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_replaced_comes_into_force_and_ends_the_sessions_of_the_old_one()
    {
        const string next = "another-token-of-good-length";
        using var http = _silo.Client();
        using var signedIn = await SignIn(http, Token);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        await File.WriteAllTextAsync(TokenFile, next);

        async Task<HttpStatusCode> Ask(string name, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/membership") { Headers = { { name, value } } };
            return (await http.SendAsync(request)).StatusCode;
        }

        await MeshFixture.Eventually("the new token opens", () => Ask("Authorization", $"Bearer {next}").GetAwaiter().GetResult() == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("Authorization", $"Bearer {Token}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("Cookie", cookie));
    }

    [Fact]
    public async Task A_message_is_sent_with_the_token()
    {
        using var http = _silo.Client(Token);
        using var response = await http.PostAsJsonAsync("/api/state", new { key = "k", text = "v" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<HttpResponseMessage> SignIn(HttpClient http, string token)
        => http.PostAsync("/sign-in", new FormUrlEncodedContent([new("token", token)]));
}
