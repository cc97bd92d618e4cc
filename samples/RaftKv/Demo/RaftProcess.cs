using Chirps.Node;
using Chirps.Silo.Demo;
using RaftKv.Node;

namespace RaftKv.Demo;

/// <summary>One process of the store, seen from outside.</summary>
internal sealed class RaftProcess(string name, string directory, TlsOptions tls, IReadOnlyDictionary<string, string> settings) : IDisposable
{
    private static readonly TimeSpan _statusTimeout = TimeSpan.FromSeconds(1);

    private readonly DemoProcess _process = new(name, Path.Combine(directory, $"{name}.log"), typeof(RaftProcess).Assembly.Location);
    private readonly HttpClient _http = new() { Timeout = _statusTimeout };
    private string _mesh = "127.0.0.1:0";

    public string Name => name;

    public string Mesh => _mesh;

    public string Http { get; private set; } = "";

    public string LogPath => _process.LogPath;

    public bool IsRunning => _process.IsRunning;

    /// <summary>Its replicas, as they last were; empty when it does not run.</summary>
    public IReadOnlyList<GroupStatus> Groups { get; private set; } = [];

    /// <summary>Starts it, again where it was before, so that the others find it.</summary>
    public async Task StartAsync(string? seed, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, string>(settings)
        {
            ["Chirps:Mesh:NodeId"] = name,
            ["Chirps:Mesh:Cluster"] = RaftDemo.Cluster,
            ["Chirps:Mesh:ListenAddress"] = _mesh,
            ["Chirps:Mesh:DataDirectory"] = directory,
            ["Chirps:Tls:CertPath"] = tls.CertPath,
            ["Chirps:Tls:KeyPath"] = tls.KeyPath,
            ["Chirps:Tls:CaPath"] = tls.CaPath,
            ["RaftKv:EndWithInput"] = "true",
        };
        if (seed is not null)
        {
            all["Chirps:Mesh:Seeds:Nodes:0"] = seed;
        }

        var ready = await _process.StartAsync(["node", .. all.Select(pair => $"--{pair.Key}={pair.Value}")], cancellationToken);
        (_mesh, Http) = (ready["mesh"], ready["http"]);
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            Groups = IsRunning ? (await _http.GetFromJsonAsync<GroupStatus[]>($"{Http}/status", KvClient.Json, cancellationToken))! : [];
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Just killed, or too busy to say; the next look tells.
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => _process.KillAsync(cancellationToken);

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
    }
}
