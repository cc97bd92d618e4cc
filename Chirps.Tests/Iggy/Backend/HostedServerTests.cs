using System.Net;
using Chirps.Iggy.Client;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Credentials;
using Chirps.Tests.Node;

namespace Chirps.Tests.Iggy.Backend;

/// <summary>Who gets in at the server that a node hosts, also while certificates and their authority change.</summary>
public sealed class HostedServerTests : IAsyncLifetime
{
    private const string Cluster = "chirps";
    private static readonly string[] _names = ["a", "b"];
    private static readonly TimeSpan _years = TimeSpan.FromDays(3650);

    private readonly DurableMesh _mesh = new();
    private string _authority = "";
    private AuthorityStore _store = null!;
    private NodeFiles _files = null!;
    private MeshNode[] _nodes = null!;

    public async Task InitializeAsync()
    {
        _authority = Path.Combine(_mesh.Directory, "authority");
        _files = new NodeFiles(_authority, _mesh.Directory);
        _store = AuthorityStore.Create(_authority, "root", _years, replace: false);
        _store.IssueFiles([.. _names.Select(name => new NodeRequest(Cluster, name, TimeSpan.FromDays(10), ExtraNames.None))], replace: false);
        Array.ForEach(_names, _files.Distribute);
        var host = await _mesh.StartAsync(Options("a"));
        _nodes = [host, await _mesh.StartAsync(Options("b", host))];
        await _mesh.ReachesServer(_nodes[1]);
    }

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_of_the_cluster_gets_in()
    {
        await using var client = Connect(_store.Issue(Cluster, "c"), "a");

        await client.ConnectAsync();

        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        var stranger = AuthorityStore.Create(Path.Combine(_mesh.Directory, "elsewhere"), "root", _years, replace: false).Issue(Cluster, "c");

        await Refused(stranger with { AuthorityPem = Root() });
    }

    [Fact]
    public async Task A_node_of_another_cluster_with_the_same_authority_is_refused()
        => await Refused(_store.Issue("other", "c"));

    [Fact]
    public async Task Who_shows_no_certificate_is_refused()
    {
        await using var client = new IggyClient(Settings() with { Tls = () => new() { TargetHost = "a", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } });

        await Assert.ThrowsAsync<IggyException>(() => client.WithTimeout(TimeSpan.FromSeconds(2)).ConnectAsync().AsTask());
        Assert.Equal(0, client.Logins);
    }

    [Fact]
    public async Task Certificates_and_their_root_change_without_a_lost_message()
    {
        var oldRoot = Root();
        var sent = 0;
        await PublishAsync();

        _store.Reissue(_names, TimeSpan.FromDays(20));
        await DistributeAndAwait(reloads: 1);
        await PublishAsync();
        _store.Advance(distributed: false, null, _years);
        await DistributeAndAwait(reloads: 2);
        await PublishAsync();
        _store.Advance(distributed: true, null, _years);
        await DistributeAndAwait(reloads: 3);
        await PublishAsync();
        _store.Advance(distributed: true, null, _years);
        await DistributeAndAwait(reloads: 4);
        await PublishAsync();

        // A new connection sees the new certificates: who has only the old root neither trusts the server nor is trusted.
        var modern = _store.Issue(Cluster, "c");
        await using var client = Connect(modern, "a");
        await client.ConnectAsync();
        await Refused(modern with { AuthorityPem = oldRoot });
        var stored = await _mesh.Channels(_nodes[0]).FindAsync("orders");
        Assert.Equal((ulong)sent, stored!.Messages);

        async Task PublishAsync()
        {
            for (var number = 0; number < 20; number++, sent++)
            {
                Assert.Equal(Outcome.Persisted, (await _mesh.Channels(_nodes[1]).PublishAsync("orders", "x"u8.ToArray())).Outcome);
            }
        }
    }

    private async Task Refused(TlsMaterial material)
    {
        await using var client = Connect(material, "a");

        await Assert.ThrowsAsync<IggyException>(() => client.WithTimeout(TimeSpan.FromSeconds(2)).ConnectAsync().AsTask());
        Assert.Equal(0, client.Logins);
    }

    private IggyClient Connect(TlsMaterial material, string node) => new(Settings() with { Tls = () => StreamTls.ForClient(material, "127.0.0.1", node) });

    private IggyClientOptions Settings() => new()
    {
        Port = IPEndPoint.Parse(_mesh.Link(_nodes[0]).Address!).Port,
        UseTls = true,
        Password = Chirps.Iggy.Backend.IggyLink.HostedPassword,
        Dialect = Chirps.Iggy.Protocol.IggyDialect.Classic,
    };

    private async Task DistributeAndAwait(int reloads)
    {
        Array.ForEach(_names, _files.Distribute);
        await MeshFixture.Eventually(
            $"every node has reloaded {reloads} times",
            () => _nodes.All(node => node.Metrics.ToPrometheusText().Contains($"chirps_tls_reloads_total{{result=\"ok\"}} {reloads}\n", StringComparison.Ordinal)));
    }

    private MeshOptions Options(string name, params MeshNode[] seeds)
    {
        var options = _mesh.Options(name, seeds);
        options.Mesh.Cluster = Cluster;
        options.Tls = _files.Of(name);
        options.Swim.Profile = SwimProfile.Wan;
        return options;
    }

    private string Root() => File.ReadAllText(Path.Combine(_authority, "ca.crt"));
}
