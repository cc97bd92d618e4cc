using Chirps.Node;

namespace Chirps.Tests.Node.Configuration;

/// <summary>What a running node takes over of changed options.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_lower_limit_holds_for_the_next_message()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var changed = _mesh.Options("a");
        changed.Limits.ControlBytes = 10;

        var waiting = node.Apply(changed);

        Assert.Empty(waiting);
        var result = await node.SendAsync(node.Membership.Self.Id, new byte[11], Profile.Control, "t");
        Assert.Equal(FailureReason.TooLarge, result.Reason);
    }

    [Fact]
    public async Task A_limit_beyond_what_connections_were_made_for_waits_for_a_restart()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var changed = _mesh.Options("a");
        changed.Limits.ControlBytes *= 2;

        Assert.Equal(["Chirps:Limits:ControlBytes"], node.Apply(changed));
    }

    [Fact]
    public async Task A_profile_whose_route_is_taken_out_is_rejected_and_comes_back_with_it()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var without = _mesh.Options("a");
        without.Routes = [new RouteOptions { Profile = Profile.Control, Backend = "quic" }];

        Assert.Empty(node.Apply(without));
        var rejected = await node.SendAsync(node.Membership.Self.Id, new byte[1], Profile.Ephemeral, "t");
        without.Routes.Add(new RouteOptions { Profile = Profile.Ephemeral, Backend = "quic" });
        Assert.Empty(node.Apply(without));
        var again = await node.SendAsync(node.Membership.Self.Id, new byte[1], Profile.Ephemeral, "t");

        Assert.Equal(FailureReason.NoRoute, rejected.Reason);
        Assert.NotEqual(FailureReason.NoRoute, again.Reason);
    }

    [Fact]
    public async Task What_cannot_change_while_the_node_runs_is_named()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var changed = _mesh.Options("a");
        changed.Swim.Period = TimeSpan.FromSeconds(1);
        changed.Mesh.Seeds.Nodes = ["127.0.0.1:1"];
        changed.Limits.ControlDeadline = TimeSpan.FromSeconds(1);

        Assert.Equal(["Chirps:Mesh:Seeds:Nodes:0", "Chirps:Swim:Period"], node.Apply(changed).Order(StringComparer.Ordinal));
    }
}
