using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;

namespace Chirps.Tests.Iggy.Client;

/// <summary>URLs and secrets.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void A_url_says_where_and_who()
    {
        var options = IggyClientOptions.FromUrl("iggy+tls://me:p%40ss%3A@[::1]:9000?dialect=vsr");

        Assert.Equal(("::1", 9000, true, "me", "p@ss:", IggyDialect.Vsr), (options.Host, options.Port, options.UseTls, options.User, options.Password, options.Dialect));
        Assert.Equal("iggy+tls://::1:9000", options.ToString());
    }

    [Fact]
    public void A_url_needs_no_more_than_a_host()
    {
        var options = IggyClientOptions.FromUrl("iggy://broker");

        Assert.Equal(("broker", 8090, false, "iggy", null, IggyDialect.Auto), (options.Host, options.Port, options.UseTls, options.User, options.Password, options.Dialect));
    }

    [Theory]
    [InlineData("http://me:hidden@broker")]
    [InlineData("iggy://me:hidden@broker/path")]
    [InlineData("iggy://me:hidden@broker?dialect=old")]
    [InlineData("iggy://me:hidden@broker?unknown=hidden")]
    [InlineData("iggy:hidden")]
    [InlineData("")]
    public void A_bad_url_is_refused_without_repeating_its_secret(string url)
        => Assert.DoesNotContain("hidden", Assert.Throws<FormatException>(() => IggyClientOptions.FromUrl(url)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_password_is_read_from_a_file_at_each_login()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "one\n");
        await using var server = new ScriptedServer();
        await using var client = new IggyClient(server.Options with { Password = null, PasswordFile = file });
        var connecting = client.ConnectAsync().AsTask();
        var peer = await server.AcceptAsync();
        var first = await peer.LogInAsync();
        await connecting;
        await File.WriteAllTextAsync(file, "two\r\n");
        await peer.DisposeAsync();

        var second = await (await server.AcceptAsync()).LogInAsync();

        File.Delete(file);
        Assert.Equal(("iggy", "one", "two"), (first.User, first.Password, second.Password));
    }

    [Fact]
    public async Task A_token_is_read_from_the_environment()
    {
        Environment.SetEnvironmentVariable("CHIRPS_TEST_IGGY_TOKEN", "iggypat-1");
        await using var server = new ScriptedServer();
        await using var client = new IggyClient(server.Options with { Password = null, TokenVariable = "CHIRPS_TEST_IGGY_TOKEN" });
        var connecting = client.ConnectAsync().AsTask();

        var login = await (await server.AcceptAsync()).LogInAsync();

        await connecting;
        Assert.Equal(("iggypat-1", null), (login.Token, login.User));
    }

    [Fact]
    public async Task Without_a_secret_no_login_is_tried()
    {
        await using var server = new ScriptedServer();
        await using var client = new IggyClient(server.Options with { Password = null });

        var failure = await Assert.ThrowsAsync<IggyException>(() => client.ConnectAsync().AsTask());

        Assert.Equal(IggyFailure.NotConnected, failure.Failure);
    }
}
