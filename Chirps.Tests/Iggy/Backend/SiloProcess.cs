using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Chirps.Silo.Commands;
using Chirps.Silo.Demo;

namespace Chirps.Tests.Iggy.Backend;

/// <summary>A node as a process of its own, to be asked over HTTP and to be killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http;

    private SiloProcess(Process process, string mesh, string http)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri(http), Timeout = _patience };
        Mesh = mesh;
    }

    /// <summary>Its mesh address.</summary>
    public string Mesh { get; }

    public static async Task<SiloProcess> StartAsync(string directory, string name, string listen, string? seed)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, WorkingDirectory = directory };
        string[] arguments =
        [
            typeof(RunCommand).Assembly.Location, "run", $"--Chirps:Mesh:NodeId={name}", $"--Chirps:Mesh:ListenAddress={listen}", $"--Chirps:Mesh:DataDirectory={directory}", "--Chirps:Silo:HttpAddress=127.0.0.1:0",
            $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}", "--Chirps:Silo:Dashboard=false", "--Chirps:Http:RequestsPerSecond=100000", "--Chirps:Http:RequestBurst=100000",
        ];
        foreach (var argument in seed is null ? arguments : [.. arguments, $"--Chirps:Mesh:Seeds:Nodes:0={seed}"])
        {
            start.ArgumentList.Add(argument);
        }

        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(RunCommand.ReadyMark, StringComparison.Ordinal) == true)
            {
                ready.TrySetResult(line.Data);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        var fields = (await ready.Task.WaitAsync(_patience))[RunCommand.ReadyMark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new SiloProcess(process, fields["mesh"], fields["http"]);
    }

    /// <summary>Publishes a message under an id.</summary>
    /// <returns>What the receipt says; <see langword="null"/> when the process does not answer.</returns>
    public async Task<string?> PublishAsync(string channel, string text, Guid id)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync("/api/publish", new { channel, text, key = "k", messageId = id });
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("receipt").GetProperty("outcome").GetString();
        }
        catch (Exception exception) when (exception is HttpRequestException { StatusCode: null } or IOException)
        {
            return null;
        }
    }

    /// <summary>Asks for JSON until the answer is as wanted.</summary>
    public async Task AwaitAsync(string path, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(_patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            using var response = await _http.GetAsync(path, patience.Token);
            if (response.IsSuccessStatusCode && wanted(await response.Content.ReadFromJsonAsync<JsonElement>(patience.Token)))
            {
                return;
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>The texts of a channel, in order.</summary>
    public async Task<string[]> ReplayAsync(string channel)
        => [.. (await _http.GetStringAsync($"/api/replay?channel={channel}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Where(line => !line.TryGetProperty("end", out _)).Select(line => line.GetProperty("message").GetProperty("text").GetString()!)];

    /// <summary>Ends the process at once, as SIGKILL does.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
