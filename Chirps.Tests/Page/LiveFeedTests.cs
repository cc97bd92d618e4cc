using System.Net;
using System.Text.Json;
using Chirps.Silo.Page;
using Chirps.Tests.Node;

namespace Chirps.Tests.Page;

/// <summary>The stream behind the page, as bytes.</summary>
public sealed class LiveFeedTests
{
    [Fact]
    public async Task A_reader_gets_a_snapshot_and_then_what_changed_only()
    {
        var mesh = new SimulatedMesh(3);
        await using var host = await PageHost.StartAsync(mesh);
        using var http = new HttpClient { BaseAddress = host.Address };
        using var reader = new StreamReader(await http.GetStreamAsync("/api/live"));

        var snapshot = await ReadAsync(reader);
        mesh.Become("node-2", MemberState.Suspect, "node-3");
        var change = await UntilAsync(reader, frame => frame.Data.TryGetProperty("members", out _));

        Assert.Equal("snapshot", snapshot.Type);
        Assert.Equal(3, snapshot.Data.GetProperty("members").GetArrayLength());
        Assert.Equal("change", change.Type);
        Assert.Equal("node-2", Assert.Single(change.Data.GetProperty("members").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("node-3", Assert.Single(change.Data.GetProperty("events").EnumerateArray()).GetProperty("accuser").GetString());
        Assert.False(change.Data.TryGetProperty("order", out _));
    }

    [Fact]
    public async Task A_reader_that_comes_back_goes_on_where_it_was()
    {
        var mesh = new SimulatedMesh(3);
        await using var host = await PageHost.StartAsync(mesh);
        using var http = new HttpClient { BaseAddress = host.Address };
        string last;
        using (var reader = new StreamReader(await http.GetStreamAsync("/api/live")))
        {
            last = (await ReadAsync(reader)).Id;
        }

        mesh.Become("node-2", MemberState.Left);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live") { Headers = { { "Last-Event-ID", last } } };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var again = new StreamReader(await response.Content.ReadAsStreamAsync());
        var first = await ReadAsync(again);

        Assert.Equal("change", first.Type);
        Assert.Equal("node-2", (first.Data.TryGetProperty("members", out var members) ? first : await UntilAsync(again, frame => frame.Data.TryGetProperty("members", out members))).Data.GetProperty("members")[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("00000000-1")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task A_reader_with_an_id_of_another_process_gets_a_snapshot(string id)
    {
        await using var host = await PageHost.StartAsync(new SimulatedMesh(3));
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("snapshot", (await ReadAsync(reader)).Type);
    }

    [Fact]
    public async Task As_many_readers_as_allowed_are_served_and_the_next_one_is_told_to_come_later()
    {
        await using var host = await PageHost.StartAsync(new SimulatedMesh(3), livePagesMax: 1);
        using var http = new HttpClient { BaseAddress = host.Address };
        using var first = await http.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead);
        using var second = await http.GetAsync("/api/live");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (first.StatusCode, second.StatusCode));
        Assert.NotNull(second.Headers.RetryAfter);
    }

    [Fact]
    public async Task Nobody_is_looked_at_while_nobody_looks()
    {
        var mesh = new SimulatedMesh(3);
        await using var host = await PageHost.StartAsync(mesh);
        var before = mesh.Sample().At;
        await MeshFixture.Eventually("three seconds are counted", () => mesh.Sample().At > before.AddSeconds(3));

        Assert.Equal(0, mesh.Looks);
    }

    [Fact]
    public void A_reader_that_does_not_read_is_cut_off_when_its_queue_is_full_and_holds_nobody_up()
    {
        using var client = new LiveClient(2, _ => { });

        Assert.True(client.TryPush(new byte[1]));
        Assert.True(client.TryPush(new byte[1]));
        Assert.False(client.Cut.IsCancellationRequested);
        Assert.False(client.TryPush(new byte[1]));
        Assert.True(client.Cut.WaitHandle.WaitOne(MeshFixture.Patience));
    }

    private static async Task<Frame> UntilAsync(StreamReader reader, Func<Frame, bool> condition)
    {
        Frame frame;
        do
        {
            frame = await ReadAsync(reader);
        }
        while (!condition(frame));
        return frame;
    }

    private static async Task<Frame> ReadAsync(StreamReader reader)
    {
        var (id, type) = ("", "");
        while (await reader.ReadLineAsync().WaitAsync(MeshFixture.Patience) is { } line)
        {
            var (name, value) = line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? (line[..colon], line[(colon + 2)..]) : (line, "");
            if (name == "data")
            {
                return new Frame(id, type, JsonDocument.Parse(value).RootElement);
            }

            id = name == "id" ? value : id;
            type = name == "event" ? value : type;
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    private sealed record Frame(string Id, string Type, JsonElement Data);
}
