using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chirps.Node;
using Chirps.Silo.Commands;
using Chirps.Silo.Http;

namespace Chirps.Silo.Demo;

/// <summary>One silo process, seen from outside: started, asked over HTTP, killed.</summary>
internal sealed class DemoNode(string name, string directory, TlsOptions tls) : IDisposable
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new NodeIdJsonConverter(), new JsonStringEnumConverter() },
    };

    private readonly List<EventReply> _events = [];
    private readonly CancellationTokenSource _watching = new();
    private Process? _process;
    private HttpClient _http = new();
    private StreamWriter? _log;

    public string Name { get; } = name;

    /// <summary>Its mesh address, for others to join through; known once it is ready.</summary>
    public string Mesh { get; private set; } = "";

    public string LogPath => Path.Combine(directory, $"{Name}.log");

    public string Http { get; private set; } = "";

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The last members list it answered with.</summary>
    public MembershipReply? Seen { get; private set; }

    /// <summary>What it counts on the demo's topic, by sender and profile.</summary>
    public IReadOnlyList<CountReply> Counts { get; private set; } = [];

    /// <summary>Starts the process and waits until it says that it is ready.</summary>
    public async Task StartAsync(string? seed, CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _log ??= new StreamWriter(LogPath, append: false) { AutoFlush = true };
        var process = new Process { StartInfo = StartInfo(seed), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Take(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new DemoException($"{Name} ended before it was ready; see {LogPath}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        var fields = (await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken))[RunCommand.ReadyMark.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Mesh = fields["mesh"];
        Http = fields["http"];
        _http.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(Http), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Begins to follow its membership stream and its messages of a topic; returns when both subscriptions stand.</summary>
    public Task WatchAsync(string topic)
    {
        var events = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counts = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Follow<EventReply>("/api/events", events, item =>
        {
            lock (_events)
            {
                _events.Add(item);
            }
        });
        _ = Follow<IReadOnlyList<CountReply>>($"/api/subscribe?topic={topic}&counts=true", counts, item => Counts = item);
        return Task.WhenAll(events.Task, counts.Task).WaitAsync(TimeSpan.FromSeconds(15));
    }

    public IReadOnlyList<EventReply> Events()
    {
        lock (_events)
        {
            return [.. _events];
        }
    }

    /// <summary>Asks for the members; keeps the last answer when it cannot be asked.</summary>
    public async Task<MembershipReply?> RefreshAsync(CancellationToken cancellationToken)
    {
        if (!IsRunning)
        {
            return Seen = null;
        }

        try
        {
            Seen = await _http.GetFromJsonAsync<MembershipReply>("/membership", _json, cancellationToken);
        }
        catch (HttpRequestException)
        {
        }

        return Seen;
    }

    public async Task<IReadOnlyDictionary<string, int>> SendAsync(string target, string topic, MessageProfile profile, int count, CancellationToken cancellationToken)
    {
        var request = new SendRequest(new NodeId(target), topic, profile, Text: "chirp", Count: count, Concurrency: profile == MessageProfile.Control ? 64 : 1);
        return (await PostAsync<SendReply>("/api/send", request, cancellationToken)).Outcomes;
    }

    public Task<BroadcastReceipt> BroadcastAsync(string topic, CancellationToken cancellationToken)
        => PostAsync<BroadcastReceipt>("/api/broadcast", new BroadcastRequest(topic, MessageProfile.Control, "chirp to all"), cancellationToken);

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync("/api/leave", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>SIGKILL: the process gets no chance to say anything.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _watching.Cancel();
        if (IsRunning)
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _http.Dispose();
        _log?.Dispose();
        _watching.Dispose();
    }

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(path, body, _json, cancellationToken);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<T>(_json, cancellationToken))!
            : throw new DemoException($"{Name} answered {path} with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private async Task Follow<T>(string path, TaskCompletionSource subscribed, Action<T> take)
    {
        try
        {
            await using var stream = await _http.GetStreamAsync(path, _watching.Token);
            await foreach (var item in SseParser.Create(stream, (type, data) => type == StreamEndpoints.SubscribedEvent ? default : JsonSerializer.Deserialize<T>(data, _json)).EnumerateAsync(_watching.Token))
            {
                subscribed.TrySetResult();
                if (item.Data is { } data)
                {
                    take(data);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or JsonException)
        {
            // The process was killed, or the demo ends.
            subscribed.TrySetException(new DemoException($"{Name} ended its stream {path}: {exception.Message}"));
        }
    }

    private ProcessStartInfo StartInfo(string? seed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(DemoNode).Assembly.Location);
        }

        start.ArgumentList.Add("run");
        var settings = new Dictionary<string, string>
        {
            ["Mesh:NodeId"] = Name,
            ["Mesh:Cluster"] = DemoRun.Cluster,
            ["Mesh:ListenAddress"] = "127.0.0.1:0",
            ["Mesh:DataDirectory"] = directory,
            ["Tls:CertPath"] = tls.CertPath,
            ["Tls:KeyPath"] = tls.KeyPath,
            ["Tls:CaPath"] = tls.CaPath,
            ["Silo:HttpAddress"] = "127.0.0.1:0",
            ["Silo:SiloPort"] = $"{FreePort.Take()}",
            ["Silo:GatewayPort"] = $"{FreePort.Take()}",
        };
        if (seed is not null)
        {
            settings["Mesh:Seeds:Nodes:0"] = seed;
        }

        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add($"--Chirps:{key}={value}");
        }

        return start;
    }

    private void Take(string? line, TaskCompletionSource<string> ready)
    {
        if (line is null)
        {
            return;
        }

        lock (_events)
        {
            _log?.WriteLine(line);
        }

        if (line.StartsWith(RunCommand.ReadyMark, StringComparison.Ordinal))
        {
            ready.TrySetResult(line);
        }
    }
}
