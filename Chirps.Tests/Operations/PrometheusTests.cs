using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Silo.Demo;

namespace Chirps.Tests.Operations;

/// <summary>A real Prometheus scrapes real nodes.</summary>
public sealed class PrometheusTests : IAsyncLifetime
{
    /// <summary>A scrape a second, and a few of them for a rate: a busy machine takes its time.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly Silos _silos = new();
    private Process? _prometheus;
    private HttpClient? _http;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_prometheus is { } prometheus)
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
            prometheus.Dispose();
        }

        await _silos.DisposeAsync();
    }

    [PrometheusFact]
    public async Task What_a_node_exports_is_clean_by_the_rules_of_promtool()
    {
        await _silos.StartAsync("a", null, "--Chirps:Swim:Carrier=Udp");
        using var http = new HttpClient();

        var (code, output) = await ExternalProgram.RunAsync("promtool", await http.GetStringAsync($"{_silos.Addresses[0]}/metrics"), "check", "metrics");

        Assert.True(code == 0 && output.Length == 0, output);
    }

    [PrometheusFact]
    public async Task Three_nodes_are_scraped_and_every_panel_of_the_dashboard_has_data()
    {
        await _silos.StartAsync("a");
        await _silos.StartAsync("b");
        await _silos.StartAsync("c");
        using var subscription = _silos.Nodes[1].Subscribe("t");
        for (var sent = 0; sent < 10; sent++)
        {
            await _silos.Nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");
        }

        await ScrapeAsync();

        await Eventually("count(chirps_membership_alive == 3)", values => values is [3]);
        await Eventually("max(chirps_messages_sent_total{profile=\"control\"})", values => values is [10]);
        await Eventually("count(up{job=\"chirps\"} == 1)", values => values is [3]);
        await Eventually("count(rate(swim_pings_sent_total[10s]) > 0)", values => values is [3]);
        foreach (var (panel, expression) in DeployFiles.Dashboard())
        {
            var query = expression.Replace("$__rate_interval", "30s", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);
            Assert.True((await QueryAsync(query)).Count > 0, $"{panel}: {query}");
        }
    }

    private async Task ScrapeAsync()
    {
        var port = FreePort.Take();
        var configuration = Path.Combine(_silos.Directory, "prometheus.yml");
        var targets = string.Join(", ", _silos.Addresses.Select(address => $"\"{new Uri(address).Authority}\""));
        await File.WriteAllTextAsync(
            configuration,
            $"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{DeployFiles.Rules}]\nscrape_configs: [{{job_name: chirps, static_configs: [{{targets: [{targets}]}}]}}]\n");
        _prometheus = ExternalProgram.Start(
            "prometheus", $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(_silos.Directory, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error");
        _prometheus.OutputDataReceived += static (_, _) => { };
        _prometheus.ErrorDataReceived += static (_, _) => { };
        _prometheus.BeginOutputReadLine();
        _prometheus.BeginErrorReadLine();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    private async Task Eventually(string query, Func<IReadOnlyList<double>, bool> condition)
    {
        using var timeout = new CancellationTokenSource(_patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        IReadOnlyList<double> last = [];
        while (!condition(last))
        {
            Assert.False(_prometheus!.HasExited, "prometheus has ended");
            Assert.False(timeout.IsCancellationRequested, $"{query} stayed at [{string.Join(", ", last)}]");
            await timer.WaitForNextTickAsync();
            last = await QueryAsync(query);
        }
    }

    /// <summary>The values of the series that answer a query; none while the server is not up yet.</summary>
    private async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        try
        {
            using var answer = JsonDocument.Parse(await _http!.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            return
            [
                .. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                    .Select(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)),
            ];
        }
        catch (HttpRequestException exception) when (exception.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return [];
        }
    }
}
