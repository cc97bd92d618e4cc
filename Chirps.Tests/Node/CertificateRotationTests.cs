using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Credentials;
using Chirps.Quic;
using Chirps.Tests.Credentials;

namespace Chirps.Tests.Node;

/// <summary>Certificates and their authority are changed under three live nodes that talk all the time.</summary>
public sealed class CertificateRotationTests : IAsyncLifetime
{
    private const string Cluster = "chirps";
    private const string Topic = "t";
    private static readonly string[] _names = ["a", "b", "c"];
    private static readonly TimeSpan _years = TimeSpan.FromDays(3650);

    private readonly MeshFixture _mesh = new();
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
        var first = await _mesh.StartAsync(Options("a"));
        var seed = first.Membership.Self.Address.ToString();
        _nodes = [first, await _mesh.StartAsync(Options("b", seed)), await _mesh.StartAsync(Options("c", seed))];
        await MeshFixture.Eventually("every node sees all alive", () => _nodes.All(node => node.Membership.Count(MemberStatus.Alive) == _names.Length));
    }

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task Leaves_and_root_are_changed_without_a_lost_message_or_a_change_in_membership()
    {
        await using var traffic = new Traffic(_nodes);
        var oldRoot = Root("ca.crt");

        // The leaves alone.
        _store.Reissue(_names, TimeSpan.FromDays(20));
        await DistributeAndAwait(traffic, reloads: 1);
        Assert.All(_nodes, node => Assert.InRange(Metric(node, "chirps_tls_certificate_expiry_seconds"), TimeSpan.FromDays(19).TotalSeconds, TimeSpan.FromDays(20).TotalSeconds));

        // The root, in its three stages.
        _store.Advance(distributed: false, null, _years);
        await DistributeAndAwait(traffic, reloads: 2);
        _store.Advance(distributed: true, null, _years);
        await DistributeAndAwait(traffic, reloads: 3);
        _store.Advance(distributed: true, null, _years);
        await DistributeAndAwait(traffic, reloads: 4);

        var (sent, failed, changes) = await traffic.StopAsync();
        Assert.Empty(failed);
        Assert.Empty(changes);
        Assert.True(sent > 100, $"only {sent} messages were sent");

        // A new connection sees the new certificates: who trusts the old root alone refuses each node, who trusts the new one does not.
        var probe = _store.Issue(Cluster, "probe");
        foreach (var node in _nodes)
        {
            using var modern = new RawPeer(probe);
            await modern.ConnectAsync(node);
            using var outdated = new RawPeer(probe with { AuthorityPem = oldRoot });
            outdated.Dial(node);
            Assert.Equal(PeerRefusal.UntrustedAuthority, (await outdated.Closed).Refusal);
        }
    }

    [Fact]
    public async Task A_node_that_joins_between_the_stages_is_let_in()
    {
        _store.Advance(distributed: false, null, _years);
        await DistributeAndAwait(null, reloads: 1);
        _store.IssueFiles([new NodeRequest(Cluster, "d", TimeSpan.FromDays(10), ExtraNames.None)], replace: false);
        _store.Advance(distributed: true, null, _years);
        _files.Distribute("d");

        // d has a certificate of the new root; the others still have theirs of the old one.
        var joiner = await _mesh.StartAsync(Options("d", _nodes[0].Membership.Self.Address.ToString()));

        await MeshFixture.Eventually("all four are alive to each other", () => _nodes.Append(joiner).All(node => node.Membership.Count(MemberStatus.Alive) == 4));
    }

    [Fact]
    public async Task A_node_that_issues_its_own_certificate_follows_its_authority()
    {
        await using var mesh = new MeshFixture();
        var options = mesh.Options("a");
        options.Tls.ReloadInterval = TimeSpan.FromMilliseconds(100);
        var node = await mesh.StartAsync(options);

        AuthorityStore.Create(Path.Combine(mesh.Directory, "dev-certs"), "next", _years, replace: true);

        await MeshFixture.Eventually("the node has reloaded", () => Metric(node, "chirps_tls_reloads_total{result=\"ok\"}") == 1);
        using var peer = new RawPeer(mesh.Directory, "b");
        await peer.ConnectAsync(node);
    }

    private async Task DistributeAndAwait(Traffic? traffic, int reloads)
    {
        Array.ForEach(_names, _files.Distribute);
        await MeshFixture.Eventually($"every node has reloaded {reloads} times", () => _nodes.All(node => Metric(node, "chirps_tls_reloads_total{result=\"ok\"}") == reloads));
        if (traffic is not null)
        {
            var before = traffic.Delivered;
            await MeshFixture.Eventually("messages go on being delivered", () => traffic.Delivered >= before + 50);
        }
    }

    private MeshOptions Options(string name, params string[] seeds)
    {
        var options = _mesh.Options(name, seeds);
        options.Mesh.Cluster = Cluster;
        options.Tls = _files.Of(name);

        // A busy machine must not look like a failure: what is proved here is not how fast failures are found.
        options.Swim.Profile = SwimProfile.Wan;
        return options;
    }

    private string Root(string name) => File.ReadAllText(Path.Combine(_authority, name));

    private static long Metric(MeshNode node, string name)
    {
        var line = node.Metrics.ToPrometheusText().Split('\n').Single(text => text.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], null);
    }

    /// <summary>Control messages from each node to each other one, a few at a time, until it is stopped.</summary>
    private sealed class Traffic : IAsyncDisposable
    {
        private readonly List<MeshSubscription> _subscriptions = [];
        private readonly List<MembershipFeed> _feeds = [];
        private readonly List<string> _failed = [];
        private readonly Task _sending;
        private readonly Task _draining;
        private volatile bool _stopping;
        private long _delivered;
        private long _sent;

        public Traffic(MeshNode[] nodes)
        {
            _subscriptions.AddRange(nodes.Select(node => node.Subscribe(Topic)));
            _feeds.AddRange(nodes.Select(node => node.WatchMembership()));
            var pairs = from node in nodes from other in nodes where node != other select (node, other.Membership.Self.Id);
            _draining = Task.WhenAll(_subscriptions.Select(Drain));
            _sending = Task.WhenAll(pairs.Select(pair => SendAll(pair.node, pair.Id)));
        }

        public long Delivered => Interlocked.Read(ref _delivered);

        public async Task<(long Sent, IReadOnlyList<string> Failed, IReadOnlyList<MembershipRecord> Changes)> StopAsync()
        {
            await DisposeAsync();
            var changes = new List<MembershipRecord>();
            foreach (var feed in _feeds)
            {
                while (feed.Changes.TryRead(out var change))
                {
                    changes.Add(change);
                }
            }

            return (_sent, _failed, changes);
        }

        public async ValueTask DisposeAsync()
        {
            _stopping = true;
            await _sending.WaitAsync(MeshFixture.Patience);
            _subscriptions.ForEach(subscription => subscription.Dispose());
            await _draining.WaitAsync(MeshFixture.Patience);
            _feeds.ForEach(feed => feed.Dispose());
        }

        private static async Task Drain(MeshSubscription subscription)
        {
            await foreach (var message in subscription.Messages.ReadAllAsync())
            {
                message.Dispose();
            }
        }

        private async Task SendAll(MeshNode from, MemberId to)
        {
            while (!_stopping)
            {
                var result = await from.SendAsync(to, "hello"u8.ToArray(), Profile.Control, Topic, new SendSettings(MeshFixture.Patience));
                Interlocked.Increment(ref _sent);
                if (result.Outcome == Outcome.Delivered)
                {
                    Interlocked.Increment(ref _delivered);
                }
                else
                {
                    lock (_failed)
                    {
                        _failed.Add($"{from.Membership.Self.Id} to {to}: {result.Outcome} {result.Reason}");
                    }
                }
            }
        }
    }
}
