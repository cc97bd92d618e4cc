using System.Text;
using Chirps.Silo.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Silo;

/// <summary>What commands make of the answers of a server that is not as it should be, and the token they send.</summary>
public sealed class NodeClientTests : IAsyncLifetime
{
    private WebApplication _server = null!;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private string _address = "";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context => _answer(context));
        await _server.StartAsync();
        _address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async Task DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(401, "", ExitCode.Refused, "wants a token")]
    [InlineData(403, """{"error":"requests of other sites are refused (Origin)"}""", ExitCode.Refused, "refuses the request, not the token: requests of other sites are refused (Origin)")]
    [InlineData(403, "", ExitCode.Refused, "refuses the request, not the token")]
    [InlineData(400, """{"error":"topic: is needed"}""", ExitCode.Usage, "topic: is needed")]
    [InlineData(404, """{"error":"no channel 'x'"}""", ExitCode.Negative, "no channel 'x'")]
    [InlineData(404, "", ExitCode.Failed, "another program, or another version")]
    [InlineData(503, """{"error":"no server is known"}""", ExitCode.Failed, "no server is known")]
    [InlineData(500, "oops", ExitCode.Failed, "its log says why")]
    [InlineData(200, "<html>", ExitCode.Failed, "cannot be read")]
    public async Task Each_kind_of_refusal_has_its_exit_code_and_says_why(int status, string body, int code, string error)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        };

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "members", "--node", _address);

        Assert.Equal((code, ""), (typed.Code, typed.Output));
        Assert.Contains(error, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_a_file_is_sent_and_a_wrong_one_is_said_to_be_refused()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "s3cret\n");
        var seen = "";
        _answer = context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "members", "--node", _address, "--token-file", file);
        File.Delete(file);

        Assert.Equal("Bearer s3cret", seen);
        Assert.Equal(ExitCode.Refused, typed.Code);
        Assert.Contains("refuses the token", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("a\u0001b\n")]
    [InlineData("tökén\n")]
    [InlineData("two words\n")]
    [InlineData("\nsecond-line")]
    [InlineData(null)]
    public async Task A_file_that_holds_no_token_is_named_in_one_line_that_does_not_repeat_it(string? content)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, content ?? new string('x', 5000));

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "members", "--node", _address, "--token-file", file);
        File.Delete(file);

        Assert.Equal((ExitCode.Usage, ""), (typed.Code, typed.Output));
        Assert.Contains(file, typed.ErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("second-line", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_the_node_ends_is_exit_code_3()
    {
        _answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("event: subscribed\ndata: {}\n\n"));
        };

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "watch", "--node", _address);

        Assert.Equal(ExitCode.Unreachable, typed.Code);
        Assert.Contains("ended the stream", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publish_says_where_the_message_is()
    {
        _answer = context => context.Response.WriteAsync(
            """{"outcomes":{"Persisted":1},"receipt":{"outcome":"Persisted","messageId":"57c826e4-e424-cfa7-0000-000000000001","reason":"None","partition":2,"offset":17}}""");

        var words = await RunningSilo.TypeAsync(CancellationToken.None, "publish", "orders", "hi", "--node", _address);
        var json = await RunningSilo.TypeAsync(CancellationToken.None, "publish", "orders", "hi", "--json", "--node", _address);

        Assert.Contains("partition 2, offset 17", words.Output, StringComparison.Ordinal);
        Assert.Equal((0, 17, 2), (json.Code, json.Json.GetProperty("offset").GetInt32(), json.Json.GetProperty("partition").GetInt32()));
    }

    [Fact]
    public async Task A_replay_shows_messages_names_gaps_and_ends_where_the_channel_ends()
    {
        const string Stream = """
            event: subscribed
            data: {}

            event: gap
            data: {"partition":0,"wanted":0,"first":4,"next":5}

            event: message
            data: {"partition":0,"offset":4,"storedAt":"2026-01-31T12:00:00Z","from":"node-1","topic":"t","key":"k","messageId":null,"base64":"aGk=","text":"hi"}

            event: end
            data: {"messages":1}


            """;
        _answer = context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync(Stream);
        };

        var words = await RunningSilo.TypeAsync(CancellationToken.None, "replay", "orders", "--node", _address);
        var json = await RunningSilo.TypeAsync(CancellationToken.None, "replay", "orders", "--json", "--node", _address);

        Assert.Equal(ExitCode.Ok, words.Code);
        Assert.Equal("0:4         2026-01-31 12:00:00.000Z  node-1        [k] hi", Assert.Single(words.Lines).TrimEnd());
        Assert.Contains("0 to 3 are not there any more", words.Error, StringComparison.Ordinal);
        Assert.Equal(["gap", "message"], json.Lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.EnumerateObject().Single().Name));
    }

    [Theory]
    [InlineData("10", ExitCode.Ok)]
    [InlineData("2", ExitCode.Negative)]
    public async Task A_lag_beyond_what_is_allowed_is_exit_code_1(string most, int code)
    {
        _answer = context => context.Response.WriteAsync(
            """{"channel":"orders","consumers":[{"consumer":"r","group":false,"lag":3,"partitions":[{"partition":0,"storedOffset":16,"nextOffset":20,"lag":3}]}]}""");

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "lag", "orders", "--max", most, "--node", _address);

        Assert.Equal(code, typed.Code);
        Assert.Contains("furthest behind by 3", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_are_listed_with_the_server_and_the_outbox()
    {
        _answer = context => context.Response.WriteAsync(
            """
            {"server":{"connected":true,"url":"127.0.0.1:8090","host":"node-1","stream":"demo"},"outbox":{"messages":0,"bytes":0,"messagesMax":100000,"bytesMax":268435456},
             "channels":[{"name":"orders","messages":12,"sizeBytes":3456,"partitions":[{"partition":0,"firstOffset":0,"nextOffset":12,"messages":12,"sizeBytes":3456}]}]}
            """);

        var typed = await RunningSilo.TypeAsync(CancellationToken.None, "channels", "--node", _address);

        Assert.Equal(ExitCode.Ok, typed.Code);
        Assert.Contains("3.4 KiB", typed.Output, StringComparison.Ordinal);
        Assert.Contains("hosted by node-1: connected", typed.Output, StringComparison.Ordinal);
    }
}
