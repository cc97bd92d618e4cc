using System.Diagnostics.Metrics;
using System.Globalization;
using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>What nodes measure, as text and through their meters.</summary>
public sealed class MetricTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_name_of_the_published_documentation_is_there()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        var text = node.Metrics.ToPrometheusText();

        string[] names =
        [
            "chirps_membership_alive", "chirps_membership_suspect", "chirps_ping_duration_seconds", "chirps_messages_sent_total", "chirps_messages_received_total",
            "chirps_message_drops_total", "chirps_retransmits_total", "chirps_transport_connections_active", "chirps_swim_node_state", "chirps_swim_events_total",
            "swim_gossip_rounds_total", "swim_gossip_sent_total", "swim_pings_sent_total", "swim_probe_failures_total", "swim_merges_new_total",
            "swim_anti_entropy_sent_total", "swim_rate_limited_total", "swim_members_alive", "swim_members_suspect", "swim_members_dead",
        ];
        Assert.All(names, name => Assert.Contains($"\n# TYPE {name} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_of_one_process_do_not_mix_in_text_or_meters()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        using var subscription = nodes[1].Subscribe("t");

        await nodes[0].SendAsync(MemberId.Parse("b"), new byte[10], Profile.Control, "t");

        Assert.Equal((1, 0), (Value(nodes[0], "chirps_messages_sent_total{profile=\"control\"}"), Value(nodes[1], "chirps_messages_sent_total{profile=\"control\"}")));
        Assert.Equal((0, 10), (Value(nodes[0], "chirps_payload_received_bytes_total{profile=\"control\"}"), Value(nodes[1], "chirps_payload_received_bytes_total{profile=\"control\"}")));
        Assert.Equal((1, 0), (Value(nodes[0], "chirps_sends_total{profile=\"control\",outcome=\"delivered\"}"), Value(nodes[1], "chirps_sends_total{profile=\"control\",outcome=\"delivered\"}")));
        Assert.Contains("chirps_node_info{cluster=\"chirps\",node=\"b\"} 1\n", nodes[1].Metrics.ToPrometheusText(), StringComparison.Ordinal);
        Assert.Equal((1.0, 0.0), (Read("chirps.messages.sent", "a")["profile=control"], Read("chirps.messages.sent", "b")["profile=control"]));
    }

    [Fact]
    public async Task The_meter_says_what_the_text_says()
    {
        var nodes = await _mesh.StartAsync("a", "b");
        await nodes[0].SendAsync(MemberId.Parse("nobody"), default, Profile.Control, "t");

        Assert.Equal(1, Value(nodes[0], "chirps_send_failures_total{reason=\"unknown_node\"}"));
        Assert.Equal(1.0, Read("chirps.send.failures", "a")["reason=unknown_node"]);
        Assert.Equal(2.0, Read("chirps.membership.alive", "a")[""]);
    }

    [Fact]
    public async Task A_stopped_node_measures_nothing_any_more()
    {
        var node = await _mesh.StartAsync(_mesh.Options("gone"));
        Assert.NotEmpty(Read("chirps.membership.alive", "gone"));

        await node.DisposeAsync();

        Assert.Empty(Read("chirps.membership.alive", "gone"));
    }

    [Fact]
    public async Task A_death_shows_in_transitions_and_in_how_long_its_suspicion_lasted()
    {
        var nodes = await _mesh.StartAsync("a", "b", "c");

        await nodes[2].DisposeAsync();
        await MeshFixture.Eventually("both hold it dead", () => nodes[..2].All(node => Value(node, "swim_members_dead") == 1));

        Assert.All(nodes[..2], node =>
        {
            Assert.Equal(1, Value(node, "chirps_swim_events_total{status=\"dead\"}"));
            Assert.Equal(1, Value(node, "swim_suspicion_duration_seconds_count{outcome=\"dead\"}"));
            Assert.Equal(0, Value(node, "swim_false_positives_total{status=\"dead\"}"));
        });
    }

    [Fact]
    public async Task Membership_traffic_is_counted_by_kind()
    {
        var nodes = await _mesh.StartAsync("a", "b");

        await MeshFixture.Eventually("a has pinged and was answered", () => Value(nodes[0], "swim_messages_sent_total{kind=\"ping\"}") > 0 && Value(nodes[0], "swim_probe_duration_seconds_count{path=\"direct\"}") > 0);

        Assert.True(Value(nodes[0], "swim_sent_bytes_total{kind=\"ping\"}") > 50 * Value(nodes[0], "swim_messages_sent_total{kind=\"ping\"}"));
        Assert.Equal(1, Value(nodes[0], "swim_merges_new_total"));
        Assert.True(Value(nodes[0], "chirps_link_rtt_seconds{stat=\"median\"}") >= 0);
    }

    private static double Value(MeshNode node, string series)
        => double.Parse(node.Metrics.ToPrometheusText().Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);

    /// <summary>The series of one instrument of one node, as an exporter sees them.</summary>
    private static Dictionary<string, double> Read(string instrument, string node)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (published, self) =>
            {
                if (published.Name == instrument && published.Meter.Name == ChirpsTelemetry.MeterName && published.Meter.Tags!.Any(tag => tag is { Key: "chirps.node", Value: string name } && name == node))
                {
                    self.EnableMeasurementEvents(published);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => values[Key(tags)] = value);
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => values[Key(tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
