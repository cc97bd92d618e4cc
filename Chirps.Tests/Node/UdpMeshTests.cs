using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Udp;

namespace Chirps.Tests.Node;

/// <summary>Real nodes on loopback whose membership goes over plain UDP.</summary>
public sealed class UdpMeshTests : IAsyncLifetime
{
    private static readonly DateOnly _today = new(2026, 1, 31);

    private readonly MeshFixture _mesh = new();

    private string KeyPath => Path.Combine(_mesh.Directory, KeyFile.DefaultName);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    public async Task Members_find_each_other_and_connect_only_to_send(string listen)
    {
        var nodes = await _mesh.StartAsync(Options("a", listen), Options("b", listen), Options("c", listen));
        Assert.All(nodes, node => Assert.Equal(0, node.Report().Connections));
        using var subscription = nodes[1].Subscribe("t");

        var result = await nodes[0].SendAsync(MemberId.Parse("b"), "hello"u8.ToArray(), Profile.Control, "t");

        Assert.Equal(Outcome.Delivered, result.Outcome);
        Assert.Equal((1, 1, 0), (nodes[0].Report().Connections, nodes[1].Report().Connections, nodes[2].Report().Connections));
    }

    [Theory]
    [InlineData(642)]
    [InlineData(9000)]
    public async Task Key_values_of_many_packets_arrive_in_packets_of_the_length_chosen(int bytes)
    {
        MeshOptions Sized(string name)
        {
            var options = Options(name);
            options.Udp.PacketBytesMax = bytes;
            return options;
        }

        var nodes = await _mesh.StartAsync(Sized("a"), Sized("b"));
        for (var number = 0; number < 100; number++)
        {
            await nodes[0].SetStateAsync($"key-{number}", new byte[200]);
        }

        await MeshFixture.Eventually("b has all keys", () => nodes[1].ClusterState.Any(state => state.Owner == MemberId.Parse("a") && state.Entries.Count == 101));
        Assert.All(nodes, node => Assert.Equal([0], Faults(node, "oversized")));
    }

    [Fact]
    public async Task The_first_best_effort_message_waits_for_its_connection_and_those_for_nobody_are_counted()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var subscription = nodes[1].Subscribe("t");
        await MeshFixture.Eventually("a knows where b's QUIC is", () => nodes[0].ClusterState.Any(state => state.Owner == MemberId.Parse("b") && state.Entries.Count > 0));

        var first = await nodes[0].SendAsync(MemberId.Parse("b"), BitConverter.GetBytes(7), Profile.Ephemeral, "t");
        var large = await nodes[0].SendAsync(MemberId.Parse("b"), new byte[50_000], Profile.Ephemeral, "t");

        Assert.Equal(Outcome.Sent, first.Outcome);
        Assert.Equal((Outcome.Dropped, FailureReason.NotConnected), (large.Outcome, large.Reason));
        await MeshFixture.Eventually("it has come", () => subscription.Received == 1);
        Assert.Equal([7], subscription.Drain());
    }

    [Fact]
    public async Task A_silent_death_is_found_by_the_survivors()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"), Options("c"));

        await nodes[2].DisposeAsync();

        await MeshFixture.Eventually("a and b hold c dead", () => nodes[..2].All(node => node.Membership.Count(MemberStatus.Dead) == 1));
        Assert.Equal(FailureReason.NodeDead, (await nodes[0].SendAsync(MemberId.Parse("c"), default, Profile.Control, "t")).Reason);
    }

    [Fact]
    public async Task A_node_that_leaves_is_left()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"), Options("c"));

        await nodes[2].LeaveAsync();

        await MeshFixture.Eventually("the others see it left", () => nodes[..2].All(node => node.Membership.Count(MemberStatus.Left) == 1));
        Assert.All(nodes[..2], node => Assert.Equal(0, node.Membership.Count(MemberStatus.Dead)));
    }

    [Fact]
    public async Task A_restarted_node_is_reached_at_its_new_ports()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var former = nodes[1].Subscribe("t");
        Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t")).Outcome);
        await nodes[1].DisposeAsync();

        var again = await _mesh.StartAsync(Options("b", seed: nodes[0]));
        using var subscription = again.Subscribe("t");
        await MeshFixture.Eventually("a sees the new b", () => nodes[0].Membership.TryGet(MemberId.Parse("b"), out var b) && b.Generation == again.Membership.Self.Generation && b.Status == MemberStatus.Alive);

        Assert.Equal(Outcome.Delivered, (await nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t", new SendSettings(MeshFixture.Patience))).Outcome);
    }

    [Fact]
    public async Task A_value_too_large_for_a_datagram_makes_a_connection_and_arrives()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        var large = new string('x', 60_000);

        await nodes[0].SetStateAsync("large", Encoding.UTF8.GetBytes(large));

        await MeshFixture.Eventually("b has the value", () => nodes[1].ClusterState.Any(state => state.Find("large")?.Value.Length == large.Length));
    }

    [Fact]
    public async Task Keys_are_rotated_on_a_live_mesh_without_any_change_of_status()
    {
        var first = KeyFile.Create(_today);
        first.Save(KeyPath);
        var nodes = await _mesh.StartAsync(Slow("a"), Slow("b"), Slow("c"));
        using var feed = nodes[0].WatchMembership();

        var both = first.WithNew(_today, out var id);
        await Install(both, nodes, 1);
        await Install(both.Using(id), nodes, 2);
        await MeshFixture.Eventually("everybody seals with the new key", () => nodes.All(node => Metric(node, "chirps_udp_key") == id));
        await Install(both.Using(id).Without(1), nodes, 3);
        var heard = nodes.Select(node => Metric(node, "chirps_udp_packets_received_total")).ToArray();
        await MeshFixture.Eventually("all hear each other with the new key alone", () => nodes.Select((node, index) => Metric(node, "chirps_udp_packets_received_total") - heard[index]).All(more => more > 5));

        Assert.False(feed.Changes.TryRead(out _));
        Assert.All(nodes, node => Assert.Equal(3, node.Membership.Count(MemberStatus.Alive)));
        Assert.All(nodes, node => Assert.Equal((0, 0), (Metric(node, "chirps_udp_packets_dropped_total{reason=\"unknown_key\"}"), Metric(node, "chirps_udp_packets_dropped_total{reason=\"not_authentic\"}"))));
    }

    [Fact]
    public async Task A_file_of_keys_that_makes_no_sense_changes_nothing_and_is_counted()
    {
        var node = await _mesh.StartAsync(Options("a"));
        var before = Metric(node, "chirps_udp_key");

        PrivateFile.Write(KeyPath, "1 no-key 2026-01-31 use");

        await MeshFixture.Eventually("the failure is counted", () => Metric(node, "chirps_udp_key_reloads_total{result=\"failed\"}") == 1);
        Assert.Equal(before, Metric(node, "chirps_udp_key"));
    }

    [Fact]
    public async Task A_stranger_with_another_key_is_dropped_and_counted_and_does_not_join()
    {
        KeyFile.Create(_today).Save(KeyPath);
        var node = await _mesh.StartAsync(Options("a"));
        var other = Path.Combine(_mesh.Directory, "other.keys");
        KeyFile.Create(_today).Save(other);
        var options = Options("b", seed: node);
        options.Udp.KeyPath = other;

        var stranger = await _mesh.StartAsync(options);

        await MeshFixture.Eventually("its packets are counted", () => Metric(node, "chirps_udp_packets_dropped_total{reason=\"not_authentic\"}") > 1);
        Assert.Single(node.Membership.Members);
        Assert.Single(stranger.Membership.Members);
    }

    [Fact]
    public async Task Garbage_on_the_port_is_counted_and_harms_nobody()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var target = nodes[0].Membership.Self.Address.ToIPEndPoint();

        socket.SendTo(new byte[3], target);
        socket.SendTo(new byte[1201], target);
        socket.SendTo(new byte[100], target);

        await MeshFixture.Eventually("each is counted", () => Faults(nodes[0], "truncated", "oversized", "not_a_packet").SequenceEqual([1, 1, 1]));
        Assert.All(nodes, node => Assert.Equal(2, node.Membership.Count(MemberStatus.Alive)));
    }

    [Fact]
    public async Task A_closed_port_is_reported_by_the_network_and_the_member_probed()
    {
        var nodes = await _mesh.StartAsync(Options("a"), Options("b"));

        await nodes[1].DisposeAsync();

        await MeshFixture.Eventually("the report is counted", () => Metric(nodes[0], "chirps_udp_unreachable_total") > 0);
        await MeshFixture.Eventually("a holds b dead", () => nodes[0].Membership.Count(MemberStatus.Dead) == 1);
    }

    [Fact]
    public async Task A_report_about_a_member_makes_it_be_probed_at_once_and_one_about_anybody_else_does_nothing()
    {
        var nodes = await _mesh.StartAsync(Silent("a"), Silent("b"));
        var before = Metric(nodes[0], "swim_pings_sent_total");

        ((IDatagramEvents)nodes[0]).AddressUnreachable(nodes[0].Membership.Self.Address);
        await MeshFixture.Eventually("the report about b counts", () =>
        {
            ((IDatagramEvents)nodes[0]).AddressUnreachable(nodes[1].Membership.Self.Address);
            return Metric(nodes[0], "swim_pings_sent_total") > before;
        });

        Assert.Equal(MemberStatus.Alive, nodes[0].Membership.Members[1].Status);
        Assert.Equal(0, Metric(nodes[1], "swim_pings_sent_total"));
    }

    [Fact]
    public async Task A_file_of_keys_that_others_can_read_stops_the_start()
    {
        KeyFile.Create(_today).Save(KeyPath);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var exception = await Assert.ThrowsAsync<MeshConfigurationException>(() => _mesh.StartAsync(Options("a")));

        Assert.Equal("Chirps:Udp:KeyPath", Assert.Single(exception.Problems).Key);
        Assert.Contains("chmod 600", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_nodes_own_key_value_is_refused_to_others()
    {
        var node = await _mesh.StartAsync(Options("a"));

        await Assert.ThrowsAsync<ArgumentException>(() => node.SetStateAsync(MeshNode.QuicAddressKey, "x"u8.ToArray()));
        await Assert.ThrowsAsync<ArgumentException>(() => node.DeleteStateAsync(MeshNode.QuicAddressKey));
    }

    private MeshOptions Options(string name, string listen = "127.0.0.1:0", MeshNode? seed = null)
    {
        var options = _mesh.Options(name);
        options.Mesh.ListenAddress = listen;
        options.Swim.Carrier = MembershipCarrier.Udp;
        options.Udp.KeyReloadInterval = TimeSpan.FromMilliseconds(100);
        if (seed is not null)
        {
            options.Mesh.Seeds.Nodes = [seed.Membership.Self.Address.ToString()];
        }

        return options;
    }

    /// <summary>Probes so patiently that a busy machine makes nobody a suspect.</summary>
    private MeshOptions Slow(string name)
    {
        var options = Options(name);
        options.Swim.Period = TimeSpan.FromSeconds(4);
        options.Swim.RttTimeout = TimeSpan.FromSeconds(2);
        return options;
    }

    /// <summary>Probes nobody by itself while a test runs.</summary>
    private MeshOptions Silent(string name)
    {
        var options = Options(name);
        options.Swim.Period = TimeSpan.FromDays(10);
        return options;
    }

    private async Task Install(KeyFile keys, IReadOnlyList<MeshNode> nodes, int reloads)
    {
        keys.Save(KeyPath);
        await MeshFixture.Eventually($"change {reloads} of the keys is in force everywhere", () => nodes.All(node => Metric(node, "chirps_udp_key_reloads_total{result=\"ok\"}") == reloads));
    }

    private static IEnumerable<long> Faults(MeshNode node, params string[] reasons)
        => reasons.Select(reason => Metric(node, $"chirps_udp_packets_dropped_total{{reason=\"{reason}\"}}"));

    private static long Metric(MeshNode node, string name)
    {
        var line = node.Metrics.ToPrometheusText().Split('\n').Single(text => text.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
