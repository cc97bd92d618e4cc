using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chirps.Node;
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
    private readonly DemoProcess _process = new(name, Path.Combine(directory, $"{name}.log"), typeof(DemoNode).Assembly.Location);
    private HttpClient _http = new();

    public string Name { get; } = name;

    /// <summary>Its mesh address, for others to join through; known once it is ready.</summary>
    public string Mesh { get; private set; } = "";

    public string LogPath => _process.LogPath;

    public string Http { get; private set; } = "";

    public bool IsRunning => _process.IsRunning;

    /// <summary>The last members list it answered with.</summary>
    public MembershipReply? Seen { get; private set; }

    /// <summary>What it counts on the demo's topic, by sender and profile.</summary>
    public IReadOnlyList<CountReply> Counts { get; private set; } = [];

    /// <summary>Starts the process and waits until it says that it is ready.</summary>
    public Task StartAsync(string? seed, CancellationToken cancellationToken) => StartAsync(seed, "127.0.0.1:0", cancellationToken);

    /// <summary>Starts it without seeds where it was before, so that the others find it.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken) => StartAsync(null, Mesh, cancellationToken);

    private async Task StartAsync(string? seed, string address, CancellationToken cancellationToken)
    {
        var fields = await _process.StartAsync(Arguments(seed, address), cancellationToken);
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

    public Task<BroadcastReceipt> BroadcastAsync(string topic, MessageProfile profile, string text, CancellationToken cancellationToken)
        => PostAsync<BroadcastReceipt>("/api/broadcast", new BroadcastRequest(topic, profile, text), cancellationToken);

    /// <summary>Publishes messages to a channel, all at once.</summary>
    public async Task<IReadOnlyDictionary<string, int>> PublishAsync(string channel, int count, CancellationToken cancellationToken)
        => (await PostAsync<PublishReply>("/api/publish", new PublishRequest(channel, Text: "chirp", Count: count, Concurrency: count), cancellationToken)).Outcomes;

    /// <summary>The server of durable messages and the outbox, as the node sees them. While it knows no server, it says so.</summary>
    public async Task<ChannelsReply> ChannelsAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("/api/channels", cancellationToken);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<ChannelsReply>(_json, cancellationToken))!
            : new ChannelsReply(new ServerReply(false, null, null, ""), new OutboxReply(int.MaxValue, 0, 0, 0), []);
    }

    /// <summary>What is stored in a channel; the channel may be followed by further parameters.</summary>
    public async Task<IReadOnlyList<ReplayMessage>> ReplayAsync(string channel, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"/api/replay?channel={channel}", cancellationToken);
        var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ReplayLine>(line, _json)!).ToList();
        return lines.Find(line => line.Error is not null || line.Gap is not null) is { } bad
            ? throw new DemoException($"{Name} did not replay {channel}: {bad.Error ?? $"{bad.Gap}"}")
            : [.. lines.Select(line => line.Message).OfType<ReplayMessage>()];
    }

    public Task JoinAsync(string seed, CancellationToken cancellationToken) => PostAsync("/api/join", new JoinRequest([seed]), cancellationToken);

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync("/api/leave", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>SIGKILL: the process gets no chance to say anything.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _process.KillAsync(cancellationToken);

    public void Dispose()
    {
        _watching.Cancel();
        _process.Dispose();
        _http.Dispose();
        _watching.Dispose();
    }

    private async Task PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(path, body, _json, cancellationToken);
        response.EnsureSuccessStatusCode();
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

    private IEnumerable<string> Arguments(string? seed, string address)
    {
        var settings = new Dictionary<string, string>
        {
            ["Mesh:NodeId"] = Name,
            ["Mesh:Cluster"] = DemoRun.Cluster,
            ["Mesh:ListenAddress"] = address,
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

        return ["run", .. settings.Select(pair => $"--Chirps:{pair.Key}={pair.Value}")];
    }
}
