using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Silo.Commands;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Configuration;
using Chirps.Tests.Node;

namespace Chirps.Tests.Silo;

/// <summary>What callers and neighbours do wrong, on purpose or not, harms nobody else.</summary>
public sealed class SurfaceFaultTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-surface-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_subscriber_that_does_not_read_delays_no_other_and_is_told_that_it_was_too_slow()
    {
        await using var silo = await SiloUnderTest.StartAsync("a", _directory);
        using var http = silo.Client();
        using var slow = await http.GetAsync("/api/subscribe?topic=fast", HttpCompletionOption.ResponseHeadersRead);
        using var other = new StreamReader(await http.GetStreamAsync("/api/subscribe?topic=other"));
        await Line(other, "event: subscribed");
        using var reader = new StreamReader(await slow.Content.ReadAsStreamAsync());
        await Line(reader, "event: subscribed");
        using var counts = new StreamReader(await http.GetStreamAsync("/api/subscribe?topic=fast&counts=true"));

        using var sent = await http.PostAsJsonAsync("/api/send", new { target = "a", topic = "fast", text = new string('x', 4096), count = 8_000 });
        sent.EnsureSuccessStatusCode();
        using var last = await http.PostAsJsonAsync("/api/send", new { target = "a", topic = "other", text = "hello" });

        Assert.Contains("hello", await Line(other, "data: {\"from\""), StringComparison.Ordinal);
        await Line(counts, "data: [{\"from\":\"a\",\"profile\":\"Control\",\"count\":8000}");
        await Line(reader, "event: error");
    }

    [Theory]
    [InlineData("/api/send", """{"target":"a","topic":null}""", "topic")]
    [InlineData("/api/broadcast", """{"topic":null}""", "topic")]
    [InlineData("/api/broadcast", """{"topic":"t","text":null}""", "text")]
    [InlineData("/api/state", """{"key":null}""", "key")]
    [InlineData("/api/state", """{"key":"k","text":null}""", "text")]
    [InlineData("/api/publish", """{"channel":null}""", "channel")]
    [InlineData("/api/join", """{"seeds":[null]}""", "seeds")]
    [InlineData("/api/join", "null", "a JSON object is needed")]
    public async Task What_is_missing_in_a_request_is_named(string path, string body, string problem)
    {
        await using var silo = await SiloUnderTest.StartAsync("a", _directory);
        using var http = silo.Client();

        using var response = await http.PostAsync(path, new StringContent(body, new MediaTypeHeaderValue("application/json")));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith($$"""{"error":"{{problem}}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_without_a_topic_is_refused()
    {
        await using var silo = await SiloUnderTest.StartAsync("a", _directory);
        using var http = silo.Client();

        using var response = await http.GetAsync("/api/subscribe?topic=");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=a")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_form_that_is_none_signs_nobody_in(string type)
    {
        await using var silo = await SiloUnderTest.StartAsync("a", _directory, "--Chirps:Http:Token=0123456789abcdef");
        using var http = silo.Client();
        using var content = new StringContent("--a", Encoding.ASCII);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using var response = await http.PostAsync("/sign-in", content);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void Names_that_others_chose_cannot_command_a_terminal()
    {
        var table = new TextTable(new TextTable.Column("Key"), new TextTable.Column("Value"));
        table.Add("a\nb\u001b[2Jc", "v");
        var output = new StringWriter();

        table.Print(output);

        Assert.Contains("a b [2Jc", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_keeps_a_node_from_starting_is_named_by_the_check()
    {
        string[] args = ["--Chirps:Silo:HttpAddress=0.0.0.0:8080", "--Chirps:Http:TokenFile=/nowhere/token", "--Chirps:Backends:Iggy:Url=iggy://u:p@h:1?password=secret"];

        var read = NodeSettings.Read(new ConfigurationLayers(args, new System.Collections.Hashtable()));
        var open = NodeSettings.Read(new ConfigurationLayers(args[..1], new System.Collections.Hashtable()));

        Assert.Contains(read.Problems, one => one.Key == "Chirps:Backends:Iggy:Url" && one.Problem.Contains("no setting \"password\"", StringComparison.Ordinal));
        Assert.Contains(read.MissingFiles(), one => one.Key == "Chirps:Http:TokenFile");
        Assert.Contains(open.Problems, one => one.Key == "Chirps:Http:Token");
        Assert.DoesNotContain(Effective.Of(read), one => one.Value.Contains("secret", StringComparison.Ordinal) || one.Value.Contains("u:p", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_dead_member_behind()
    {
        await using var silo = await SiloUnderTest.StartAsync("a", _directory);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var error = new StringWriter();

        var code = await RunCommand.RunAsync([.. SiloUnderTest.Arguments("b", _directory), $"--Chirps:Silo:HttpAddress={taken.LocalEndpoint}", $"--Chirps:Mesh:Seeds:Nodes:0={silo.Node.Membership.Self.Address}"], CancellationToken.None, error);

        Assert.Equal(RunCommand.ExitNotStarted, code);
        Assert.Contains("--http", error.ToString(), StringComparison.Ordinal);
        await MeshFixture.Eventually("b has left, or was never heard of", () => silo.Node.Membership.Members.All(member => member.Id != MemberId.Parse("b") || member.Status == MemberStatus.Left));
    }

    private static async Task<string> Line(StreamReader reader, string start)
    {
        while (await reader.ReadLineAsync().WaitAsync(MeshFixture.Patience) is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new EndOfStreamException($"The stream ended before '{start}'.");
    }
}
