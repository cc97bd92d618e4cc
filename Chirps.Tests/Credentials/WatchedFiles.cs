using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Credentials;

/// <summary>A node's three files, the authority they come from, and a watcher over them.</summary>
internal sealed class WatchedFiles : IDisposable
{
    public const string Cluster = "test";
    public const string Node = "node-1";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeshMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("chirps-watch-").FullName;
    private readonly string _authority;
    private CredentialWatcher? _watcher;

    public WatchedFiles(TimeProvider clock)
    {
        _clock = clock;
        _metrics = new MeshMetrics(_services.GetRequiredService<IMeterFactory>());
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(_root, "mount")).FullName;
        _authority = MakeAuthority("first");
        Files = new TlsOptions { CertPath = Path.Combine(Directory, "tls.crt"), KeyPath = Path.Combine(Directory, "tls.key"), CaPath = Path.Combine(Directory, "ca.crt") };
        First = Issue();
    }

    public string Directory { get; }

    public TlsOptions Files { get; }

    /// <summary>What is in force when the watcher starts.</summary>
    public TlsMaterial First { get; }

    public RecordingLogger Log { get; } = new();

    public ConcurrentQueue<TlsMaterial> Replaced { get; } = new();

    /// <returns>The directory of another authority, to issue from.</returns>
    public string MakeAuthority(string name)
    {
        var directory = Path.Combine(_root, name);
        AuthorityStore.Create(directory, name, TimeSpan.FromDays(1000), replace: false, _clock);
        return directory;
    }

    public TlsMaterial Issue(string? authority = null, string cluster = Cluster, string node = Node, int days = 100, TimeProvider? clock = null)
    {
        var files = AuthorityStore.Open(authority ?? _authority, clock ?? _clock).IssueFiles([new NodeRequest(cluster, node, TimeSpan.FromDays(days), ExtraNames.None)], replace: true)[0];
        return new TlsMaterial(File.ReadAllText(files.CertPath), File.ReadAllText(files.KeyPath), File.ReadAllText(files.CaPath));
    }

    public void Write(TlsMaterial material)
    {
        File.WriteAllText(Files.CertPath, material.CertificatePem);
        File.WriteAllText(Files.KeyPath, material.KeyPem);
        File.WriteAllText(Files.CaPath, material.AuthorityPem);
    }

    /// <summary>Starts to watch; without <paramref name="reports"/> only by looking, so that a manual clock decides alone.</summary>
    public void Watch(TimeSpan interval, bool reports = false)
    {
        ICredentialSource source = new FileCredentials(Files, _clock);
        Watch(reports ? source : new Unreported(source), First, interval);
    }

    public void Watch(ICredentialSource source, TlsMaterial inForce, TimeSpan interval)
        => _watcher = new CredentialWatcher(source, inForce, Replaced.Enqueue, interval, _metrics, _clock, Log);

    public long Metric(string name)
    {
        var line = _metrics.Table.ToPrometheusText().Split('\n').Single(text => text.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _metrics.Dispose();
        _services.Dispose();
        System.IO.Directory.Delete(_root, recursive: true);
    }

    private sealed class Unreported(ICredentialSource inner) : ICredentialSource
    {
        public string Name => inner.Name;

        public IReadOnlyList<string> Directories => [];

        public CredentialSnapshot Look() => inner.Look();
    }
}
