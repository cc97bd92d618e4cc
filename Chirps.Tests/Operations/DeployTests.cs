using Chirps.Tests.Architecture;
using Chirps.Tests.Iggy.Backend;

namespace Chirps.Tests.Operations;

/// <summary>Alert rules and dashboard: they say what Prometheus understands, about metrics that there are.</summary>
public sealed class DeployTests
{
    [PrometheusFact]
    public async Task The_alert_rules_are_valid()
    {
        var (code, output) = await ExternalProgram.RunAsync("promtool", "", "check", "config", DeployFiles.Configuration);

        Assert.True(code == 0, output);
        Assert.Contains($"{DeployFiles.Alerts().Count} rules found", output, StringComparison.Ordinal);
    }

    [PrometheusFact]
    public async Task Each_alert_fires_when_it_should()
    {
        var (code, output) = await ExternalProgram.RunAsync("promtool", "", "test", "rules", DeployFiles.RulesTest);

        Assert.True(code == 0, output);
        var tests = File.ReadAllText(DeployFiles.RulesTest);
        Assert.All(DeployFiles.Alerts(), alert => Assert.Contains($"alertname: {alert.Alert}\n", tests, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_panel_and_every_alert_asks_for_metrics_that_a_node_exports()
    {
        await using var mesh = new DurableMesh();
        var node = await mesh.StartAsync(mesh.Options("a"));
        var exported = MetricPage.Names(node.Metrics.ToPrometheusText());

        Assert.True(DeployFiles.Dashboard().Count > 40);
        Assert.All(DeployFiles.Dashboard(), panel => Assert.All(DeployFiles.Metrics(panel.Expression), name => Assert.Contains(name, exported)));
        Assert.All(DeployFiles.Alerts(), alert => Assert.All(DeployFiles.Metrics(alert.Expression), name => Assert.Contains(name, exported)));
        Assert.All(DeployFiles.Dashboard(), panel => Assert.NotEmpty(DeployFiles.Metrics(panel.Expression)));
    }

    [Fact]
    public void Every_alert_is_explained()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        Assert.All(DeployFiles.Alerts(), alert => Assert.Contains($"| `{alert.Alert}` |", text, StringComparison.Ordinal));
    }
}
