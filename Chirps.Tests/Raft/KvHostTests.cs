using System.Net;
using System.Net.Http.Json;
using System.Text;
using Chirps.Node;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using RaftKv.Demo;
using RaftKv.Http;
using RaftKv.Node;

namespace Chirps.Tests.Raft;

public sealed class KvHostTests : IAsyncLifetime, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-raft-http-").FullName;
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("11111111-1111-1111-1111-111111111111", null)]
    [InlineData(null, "1")]
    [InlineData("nonsense", "1")]
    [InlineData("11111111-1111-1111-1111-111111111111", "-4")]
    [InlineData("11111111-1111-1111-1111-111111111111", "0")]
    public async Task Half_of_the_name_of_a_change_is_refused(string? client, string? sequence)
    {
        await StartAsync(voters: "n1");

        using var response = await PutAsync("key", "value", client, sequence);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("X-Sequence", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_change_is_made_once_and_others_each_time()
    {
        await StartAsync(voters: "n1");
        const string Client = "11111111-1111-1111-1111-111111111111";

        using var first = await PutAsync("key", "one", Client, "1");
        using var anonymous = await PutAsync("key", "two", null, null);
        using var repeated = await PutAsync("key", "one", Client, "1");

        Assert.Equal("two", (await GetAsync("key")).Value);
        using var again = await PutAsync("key", "three", null, null);
        Assert.Equal("three", (await GetAsync("key")).Value);
    }

    [Fact]
    public async Task A_value_that_is_no_text_comes_back_as_it_was()
    {
        await StartAsync(voters: "n1");

        using var put = await _http.PutAsync("/kv/key", new ByteArrayContent([0xff, 0xfe, 0]));

        var reply = await GetAsync("key");
        Assert.Equal(("", "//4A"), (reply.Value, Convert.ToBase64String(reply.Bytes!)));
    }

    [Fact]
    public async Task What_cannot_be_done_has_a_status_that_says_so()
    {
        await StartAsync(voters: "n1");

        using var empty = await _http.PutAsync("/kv/key", new ByteArrayContent([]));
        using var large = await _http.PutAsync("/kv/key", new ByteArrayContent(new byte[(4 * 1024 * 1024) - 100]));
        using var larger = await _http.PutAsync("/kv/key", new ByteArrayContent(new byte[5_000_000]));
        using var last = await _http.DeleteAsync("/voters/n1?group=1");
        using var noGroup = await _http.PostAsync("/voters/n2?group=9", null);

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Conflict, HttpStatusCode.BadRequest],
            [empty.StatusCode, large.StatusCode, larger.StatusCode, last.StatusCode, noGroup.StatusCode]);
        Assert.Equal("", (await GetAsync("key")).Value);
    }

    [Fact]
    public async Task No_server_of_durable_messages_is_hosted()
    {
        await StartAsync(voters: "n1");

        Assert.False(Directory.Exists(Path.Combine(_directory, "iggy")));
    }

    [Fact]
    public async Task Without_a_leader_the_service_is_unavailable()
    {
        await StartAsync(voters: "");

        using var response = await PutAsync("key", "value", null, null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(KvAnswerKind.NotLeader, (await response.Content.ReadFromJsonAsync<KvReply>(KvClient.Json))!.Kind);
    }

    [Theory]
    [InlineData("RaftKv:Http", "some.host:8099")]
    [InlineData("RaftKv:Http", "0.0.0.0:8099")]
    [InlineData("RaftKv:Http", "nonsense")]
    [InlineData("RaftKv:Groops", "2")]
    [InlineData("RaftKv:Groups", "0")]
    [InlineData("RaftKv:EntriesKept", "-1")]
    [InlineData("RaftKv:SnapshotBytes", "-1")]
    [InlineData("RaftKv:SnapshotBytes", "much")]
    [InlineData("RaftKv:Voters", "a,b,c,d,e,f,g,h,i,j")]
    [InlineData("RaftKv:Voters", "a,a")]
    [InlineData("RaftKv:Voters", "a, b")]
    public void A_bad_option_is_one_line_that_names_it(string key, string value)
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => KvHost.Build([$"--{key}={value}"], out _));

        Assert.StartsWith($"{key}: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private async Task StartAsync(string voters)
    {
        _app = KvHost.Build(["--Chirps:Mesh:NodeId=n1", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={_directory}", "--RaftKv:Groups=1", $"--RaftKv:Voters={voters}"], out _);
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
        if (voters.Length > 0)
        {
            var node = ((RaftService)_app.Services.GetService(typeof(RaftService))!).Node;
            await MeshFixture.Eventually("it leads", () => node.Status.Any(status => status.Commit > 0));
        }
    }

    private async Task<KvReply> GetAsync(string key) => (await _http.GetFromJsonAsync<KvReply>($"/kv/{key}", KvClient.Json))!;

    private async Task<HttpResponseMessage> PutAsync(string key, string value, string? client, string? sequence)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/kv/{key}") { Content = new StringContent(value, Encoding.UTF8) };
        if (client is not null)
        {
            request.Headers.Add("X-Client", client);
        }

        if (sequence is not null)
        {
            request.Headers.Add("X-Sequence", sequence);
        }

        return await _http.SendAsync(request);
    }
}
