using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>The key-values of nodes, over real connections.</summary>
public sealed class StateTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_key_reaches_every_node_and_its_deletion_too()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");

        Assert.Equal(StateWriteResult.Written, await nodes[0].SetStateAsync("role", "leader"u8.ToArray()));
        await MeshFixture.Eventually("all see the key", () => nodes.All(node => Value(node, "a", "role") == "leader"));

        Assert.Equal(StateWriteResult.Unchanged, await nodes[0].SetStateAsync("role", "leader"u8.ToArray()));
        Assert.Equal(StateWriteResult.Written, await nodes[0].DeleteStateAsync("role"));
        await MeshFixture.Eventually("nobody sees the key", () => nodes.All(node => Value(node, "a", "role") is null));
    }

    [Fact]
    public async Task A_value_too_large_for_a_datagram_travels_over_a_stream()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        var large = new string('x', 60_000);

        await nodes[0].SetStateAsync("large", Encoding.UTF8.GetBytes(large));

        await MeshFixture.Eventually("b has the value", () => Value(nodes[1], "a", "large") == large);
    }

    [Fact]
    public async Task A_newcomer_gets_what_was_written_before_it_came()
    {
        var first = await _mesh.StartAsync(_mesh.Options("a"));
        for (var number = 0; number < 200; number++)
        {
            await first.SetStateAsync($"key-{number}", Encoding.UTF8.GetBytes($"value-{number}"));
        }

        var newcomer = await _mesh.StartAsync(_mesh.Options("b", first.Membership.Self.Address.ToString()));

        await MeshFixture.Eventually("the newcomer has all keys", () => Keys(newcomer, "a") == 200);
    }

    [Fact]
    public async Task A_watcher_sees_the_keys_of_its_prefix_in_order()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var feed = nodes[1].WatchState("jobs/");

        await nodes[0].SetStateAsync("other", "x"u8.ToArray());
        await nodes[0].SetStateAsync("jobs/1", "one"u8.ToArray());
        await MeshFixture.Eventually("b has the first", () => Value(nodes[1], "a", "jobs/1") == "one");
        await nodes[0].SetStateAsync("jobs/2", "two"u8.ToArray());

        var changes = new List<string>();
        while (changes.Count < 2)
        {
            var record = await feed.Changes.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token);
            changes.Add($"{record.Change.Kind} {record.Change.Owner} {record.Change.Key}={Encoding.UTF8.GetString(record.Change.Value.Span)}");
        }

        Assert.Equal(["Set a jobs/1=one", "Set a jobs/2=two"], changes);
    }

    [Fact]
    public async Task A_key_with_a_lifetime_goes_by_itself()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var feed = nodes[1].WatchState("lease");

        await nodes[0].SetStateAsync("lease", "mine"u8.ToArray(), TimeSpan.FromMilliseconds(300));

        Assert.Equal(StateChangeKind.Set, (await feed.Changes.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token)).Change.Kind);
        Assert.Equal(StateChangeKind.Deleted, (await feed.Changes.ReadAsync(new CancellationTokenSource(MeshFixture.Patience).Token)).Change.Kind);
    }

    [Fact]
    public async Task Initial_keys_are_there_from_the_start_and_make_a_node_ready()
    {
        var ready = _mesh.Options("a");
        ready.State.Initial = ["zone=eu", "ready=yes"];
        ready.State.ReadyKey = "ready";
        var late = _mesh.Options("b");
        late.State.ReadyKey = "ready";
        var nodes = await _mesh.StartAsync(ready, late);

        await MeshFixture.Eventually("b knows the zone of a", () => Value(nodes[1], "a", "zone") == "eu");
        Assert.Equal(["a"], (await nodes[1].ReadyMembersAsync()).Select(id => id.ToString()));

        await nodes[1].SetStateAsync("ready", "yes"u8.ToArray());
        Assert.Equal(["a", "b"], (await nodes[1].ReadyMembersAsync()).Select(id => id.ToString()).Order());
    }

    [Fact]
    public async Task What_breaks_a_limit_is_the_callers_mistake_and_what_exceeds_the_quota_is_refused()
    {
        var options = _mesh.Options("a");
        options.State.NodeBytesMax = 2048;
        options.State.ValueBytesMax = 1500;
        var node = await _mesh.StartAsync(options);

        await Assert.ThrowsAsync<ArgumentException>(() => node.SetStateAsync("", "x"u8.ToArray()));
        await Assert.ThrowsAsync<ArgumentException>(() => node.SetStateAsync(new string('k', 256), "x"u8.ToArray()));
        await Assert.ThrowsAsync<ArgumentException>(() => node.SetStateAsync("k", new byte[1501]));
        Assert.Equal(StateWriteResult.Written, await node.SetStateAsync("k", new byte[1500]));
        Assert.Equal(StateWriteResult.OverQuota, await node.SetStateAsync("l", new byte[1500]));
        Assert.Equal(1, Keys(node, "a"));
    }

    [Fact]
    public async Task A_node_that_has_stopped_says_so()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        await node.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.SetStateAsync("k", default));
    }

    private static string? Value(MeshNode node, string owner, string key)
        => node.ClusterState.FirstOrDefault(view => view.Owner == MemberId.Parse(owner))?.Find(key) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private static int Keys(MeshNode node, string owner)
        => node.ClusterState.FirstOrDefault(view => view.Owner == MemberId.Parse(owner))?.Entries.Count ?? 0;
}
