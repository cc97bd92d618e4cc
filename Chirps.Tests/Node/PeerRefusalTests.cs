using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>Who may not join, and how each refusal is counted.</summary>
public sealed class PeerRefusalTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();
    private readonly MeshFixture _stranger = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stranger.DisposeAsync();
        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_node_of_another_authority_does_not_get_in()
    {
        var member = await _mesh.StartAsync(_mesh.Options("a"));
        var outsider = await _stranger.StartAsync(_stranger.Options("b", member.Membership.Self.Address.ToString()));

        await MeshFixture.Eventually("a refusal is counted", () => Refused(member, "untrusted_authority") + Refused(outsider, "untrusted_authority") > 0);

        Assert.Single(member.Membership.Members);
        Assert.Single(outsider.Membership.Members);
        Assert.False(outsider.Report().Joined);
    }

    [Fact]
    public async Task A_node_of_another_cluster_does_not_get_in()
    {
        var member = await _mesh.StartAsync(_mesh.Options("a"));
        var options = _mesh.Options("b", member.Membership.Self.Address.ToString());
        options.Mesh.Cluster = "other";
        var outsider = await _mesh.StartAsync(options);

        await MeshFixture.Eventually("a refusal is counted", () => Refused(member, "wrong_cluster") + Refused(outsider, "wrong_cluster") > 0);

        Assert.Single(member.Membership.Members);
        Assert.Equal(0, member.Membership.Count(MemberStatus.Dead));
    }

    private static long Refused(MeshNode node, string reason)
    {
        var start = $"chirps_transport_peers_refused_total{{reason=\"{reason}\"}} ";
        var line = node.Metrics.ToPrometheusText().Split('\n').Single(text => text.StartsWith(start, StringComparison.Ordinal));
        return long.Parse(line[start.Length..], null);
    }
}
