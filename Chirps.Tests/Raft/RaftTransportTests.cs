using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Node;
using static Chirps.Tests.Raft.RaftReceived;

namespace Chirps.Tests.Raft;

public sealed class RaftTransportTests : IAsyncLifetime
{
    private static readonly MemberId _a = MemberId.Parse("a");
    private static readonly MemberId _b = MemberId.Parse("b");

    private readonly MeshFixture _mesh = new();
    private readonly List<RaftTransport> _transports = [];
    private MeshNode[] _nodes = [];

    public async Task InitializeAsync() => _nodes = await _mesh.StartAsync("a", "b");

    public async Task DisposeAsync()
    {
        foreach (var transport in _transports)
        {
            await transport.DisposeAsync();
        }

        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task Messages_of_many_groups_reach_the_same_groups_in_order()
    {
        var (from, to) = (Open(0), Open(1));
        var senders = Enumerable.Range(1, 20).Select(group => from.Open((ulong)group)).ToList();
        var receivers = Enumerable.Range(1, 20).Select(group => to.Open((ulong)group)).ToList();

        for (var number = 0; number < 50; number++)
        {
            senders.ForEach(group => Assert.Equal(RaftSend.Taken, group.Send(_b, new[] { (byte)group.Id, (byte)number })));
        }

        foreach (var group in receivers)
        {
            var received = await TakeAsync(group, 50);
            Assert.All(received, one => Assert.Equal(_a, one.From));
            Assert.Equal(Enumerable.Range(0, 50).Select(number => ((byte)group.Id, (byte)number)), received.Select(one => (one.Message.Span[0], one.Message.Span[1])));
        }
    }

    [Fact]
    public async Task Messages_of_different_groups_that_wait_for_one_peer_share_a_write()
    {
        var (from, to) = (Open(0), Open(1));
        var senders = Enumerable.Range(1, 100).Select(group => from.Open((ulong)group)).ToList();
        var receivers = Enumerable.Range(1, 100).Select(group => to.Open((ulong)group)).ToList();

        for (var number = 0; number < 100; number++)
        {
            senders.ForEach(group => group.Send(_b, new byte[10]));
        }

        foreach (var group in receivers)
        {
            await TakeAsync(group, 100);
        }

        await MeshFixture.Eventually("all writes are acknowledged", () => Metric(0, "chirps_raft_messages_sent_total{class=\"consensus\"}") == 10_000);
        Assert.InRange(Metric(0, "chirps_raft_writes_total{class=\"consensus\"}"), 1, 5_000);
    }

    [Fact]
    public async Task A_request_is_answered_by_the_group_that_was_asked()
    {
        var (from, to) = (Open(0).Open(7), Open(1).Open(7));

        var answer = from.RequestAsync(_b, "ping"u8.ToArray(), MeshFixture.Patience).AsTask();
        var request = Assert.Single(await TakeAsync(to, 1));
        to.Answer(request, "pong"u8);

        Assert.True(request.WantsAnswer);
        Assert.Equal("pong"u8.ToArray(), (await answer).Message.ToArray());
    }

    [Fact]
    public async Task A_request_says_when_the_group_is_not_there_and_when_nobody_answers()
    {
        var (from, _) = (Open(0).Open(7), Open(1));
        var silent = _transports[1].Open(8);
        var other = _transports[0].Open(8);

        Assert.Equal(RaftOutcome.NoGroup, (await from.RequestAsync(_b, new byte[1], MeshFixture.Patience)).Outcome);
        Assert.Equal(RaftOutcome.DeadlinePassed, (await other.RequestAsync(_b, new byte[1], TimeSpan.FromMilliseconds(50))).Outcome);
        Assert.Single(await TakeAsync(silent, 1));
    }

    [Fact]
    public async Task A_group_that_nobody_reads_loses_its_own_messages_and_delays_no_other()
    {
        var from = Open(0);
        var to = Open(1, new RaftOptions { GroupQueue = 10 });
        var (slow, quick) = (from.Open(1), from.Open(2));
        var (unread, read) = (to.Open(1), to.Open(2));

        for (var number = 0; number < 100; number++)
        {
            slow.Send(_b, new byte[1]);
        }

        quick.Send(_b, new byte[1]);

        await TakeAsync(read, 1);
        Assert.Equal(90, to.Metrics.Dropped(RaftDrop.GroupFull));
        Assert.Equal(10, (await TakeAsync(unread, 10)).Count);
        Assert.False(unread.TryReceive(out _));
    }

    [Fact]
    public async Task What_waits_for_an_absent_peer_is_bounded()
    {
        var from = Open(0, new RaftOptions { BatchBytes = 1024, PeerQueueBytes = 4096, WritesUnderWay = 1 });
        var group = from.Open(1);
        await _nodes[1].DisposeAsync();

        var results = Enumerable.Range(0, 100).Select(_ => group.Send(_b, new byte[200])).ToList();

        Assert.Equal(RaftSend.Taken, results[0]);
        Assert.Contains(RaftSend.QueueFull, results);
        Assert.Equal(RaftSend.TooLarge, group.Send(_b, new byte[5 * 1024 * 1024]));
    }

    [Fact]
    public void A_group_is_opened_once_and_again_after_it_was_closed()
    {
        var transport = Open(0);
        var group = transport.Open(1);

        Assert.Throws<InvalidOperationException>(() => transport.Open(1));
        group.Dispose();
        transport.Open(1).Dispose();
        Assert.Equal(RaftSend.Closed, group.Send(_b, new byte[1]));
    }

    [Fact]
    public async Task The_reader_of_a_closed_group_ends()
    {
        var group = Open(0).Open(1);
        var waiting = group.WaitToReceiveAsync();

        group.Dispose();

        Assert.False(await waiting.AsTask().WaitAsync(MeshFixture.Patience));
    }

    [Fact]
    public async Task Subscribers_of_all_topics_get_no_messages_of_consensus_groups()
    {
        using var all = _nodes[1].Subscribe(MeshSubscription.AllTopics);
        var (from, to) = (Open(0).Open(1), Open(1).Open(1));

        from.Send(_b, new byte[1]);
        await TakeAsync(to, 1);
        await _nodes[0].SendAsync(_b, new byte[1], Profile.Control, "orders", new SendSettings(Lane: 0));

        Assert.Equal(1, all.Received);
    }

    [Fact]
    public async Task A_node_sends_to_itself()
    {
        var group = Open(0).Open(1);

        group.Send(_a, "me"u8);

        Assert.Equal("me"u8.ToArray(), Assert.Single(await TakeAsync(group, 1)).Message.ToArray());
    }

    [Fact]
    public async Task Bytes_that_are_no_frames_are_counted_and_do_no_harm()
    {
        var to = Open(1);
        var group = to.Open(1);
        byte[][] damaged = [[], [2], [1, 1, 0, 0], [1, 9, .. new byte[20]], [1, 1, .. new byte[16], 255, 255, 255, 255], [1, 3, .. new byte[20]]];

        foreach (var payload in damaged)
        {
            await _nodes[0].SendAsync(_b, payload, Profile.Control, RaftTransport.Topic);
        }

        var from = Open(0).Open(1);
        from.Send(_b, "good"u8);
        Assert.Single(await TakeAsync(group, 1));
        Assert.Equal(5, to.Metrics.Dropped(RaftDrop.Malformed));
    }

    [Fact]
    public async Task A_peer_that_dies_and_comes_back_is_hinted_at()
    {
        using var feed = Open(0).WatchPeers();

        await _nodes[1].DisposeAsync();

        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        Assert.Equal(new RaftPeerHint(_b, IsUp: false), await feed.NextAsync(patience.Token));
        await _mesh.StartAsync(_mesh.Options("b", _nodes[0].Membership.Self.Address.ToString()));
        Assert.Equal(new RaftPeerHint(_b, IsUp: true), await feed.NextAsync(patience.Token));
    }

    private RaftTransport Open(int node, RaftOptions? options = null)
    {
        _transports.Add(new RaftTransport(_nodes[node], options));
        return _transports[^1];
    }

    private long Metric(int node, string name) => long.Parse(_nodes[node].Metrics.ToPrometheusText().Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ')[1], null);
}
