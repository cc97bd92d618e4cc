using System.Collections.Concurrent;
using System.Text;
using Chirps.Tests.Node;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

public sealed class MeshGrainTests : IAsyncLifetime
{
    private static readonly string[] _noSeed = ["nowhere"];

    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-cluster-").FullName;
    private readonly List<MeshCluster> _clusters = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task SendTo_in_one_silo_reaches_a_stream_subscriber_in_another()
    {
        var (a, b) = await StartPair();
        var received = await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("orders"));

        var receipt = await a.Mesh.SendTo(new NodeId("b"), "hello"u8.ToArray(), MessageProfile.Control, "orders");

        Assert.Equal(SendOutcome.Delivered, receipt.Outcome);
        await MeshFixture.Eventually("the subscriber has the message", () => !received.IsEmpty);
        var message = Assert.Single(received);
        Assert.Equal((new NodeId("a"), "orders", MessageProfile.Control, receipt.MessageId), (message.From, message.Topic, message.Profile, message.MessageId));
        Assert.Equal("hello", Encoding.UTF8.GetString(message.Payload.Span));
    }

    [Fact]
    public async Task A_durable_broadcast_is_stored_once_and_reaches_the_streams_of_every_silo()
    {
        var (a, b) = await StartPair();
        var atA = await Subscribe<MeshMessage>(a, ChirpsStreams.Messages("orders"));
        var atB = await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("orders"));

        var receipt = await a.Mesh.Broadcast("hello"u8.ToArray(), MessageProfile.Durable, "orders", new SendOptions(OrderingKey: "customer-7"));

        Assert.Empty(receipt.Members);
        Assert.Contains(receipt.Stored!.Outcome, new[] { SendOutcome.Persisted, SendOutcome.Queued });
        await MeshFixture.Eventually("both subscribers have the message", () => !atA.IsEmpty && !atB.IsEmpty);
        Assert.All(new[] { atA, atB }.SelectMany(all => all), message => Assert.Equal((new NodeId("a"), MessageProfile.Durable, receipt.Stored.MessageId), (message.From, message.Profile, message.MessageId)));
    }

    [Fact]
    public async Task Messages_of_one_topic_keep_their_order_on_the_stream()
    {
        var (a, b) = await StartPair();
        var received = await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("n"));

        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(SendOutcome.Delivered, (await a.Mesh.SendTo(new NodeId("b"), BitConverter.GetBytes(number), MessageProfile.Control, "n")).Outcome);
        }

        await MeshFixture.Eventually("all messages are there", () => received.Count >= 300);
        Assert.Equal(Enumerable.Range(0, 300), received.Select(message => BitConverter.ToInt32(message.Payload.Span)));
    }

    [Fact]
    public async Task Messages_as_long_as_they_may_be_reach_the_stream_whole()
    {
        var (a, b) = await StartPair();
        var received = await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("images"));
        var image = new byte[4 << 20];
        Random.Shared.NextBytes(image);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => a.Mesh.SendTo(new NodeId("b"), image, MessageProfile.Control, "images")));

        Assert.All(receipts, receipt => Assert.Equal(SendOutcome.Delivered, receipt.Outcome));
        await MeshFixture.Eventually("all images are there", () => received.Count == 4);
        Assert.All(received, message => Assert.True(message.Payload.Span.SequenceEqual(image)));
    }

    [Fact]
    public async Task A_key_value_written_in_one_silo_shows_on_the_streams_and_the_node_grain_of_another()
    {
        var (a, b) = await StartPair();
        var all = await Subscribe<StateEvent>(b, ChirpsStreams.State(ChirpsStreams.AllKeys));
        var jobs = await Subscribe<StateEvent>(b, ChirpsStreams.State("jobs/"));
        var one = await Subscribe<StateEvent>(b, ChirpsStreams.State("jobs/7/owner"));

        Assert.Equal(StateOutcome.Written, await a.Mesh.SetState("jobs/7/owner", "a"u8.ToArray()));
        Assert.Equal(StateOutcome.Written, await a.Mesh.SetState("zone", "eu"u8.ToArray()));
        await MeshFixture.Eventually("both changes are there", () => all.Count(change => !IsOwn(change.Key)) == 2);
        await MeshFixture.Eventually("the job's change is on its streams", () => !jobs.IsEmpty && !one.IsEmpty);

        Assert.Equal("jobs/7/owner", Assert.Single(jobs).Key);
        Assert.Equal((new NodeId("a"), StateEventKind.Set, "a"), (Assert.Single(one).Owner, one.Single().Kind, Encoding.UTF8.GetString(one.Single().Value.Span)));
        Assert.Equal(["jobs/7/owner", "zone"], (await b.Peer("a").State()).Select(item => item.Key).Where(key => !IsOwn(key)));
        Assert.Equal(StateOutcome.Written, await a.Mesh.DeleteState("zone"));
        await MeshFixture.Eventually("the deletion is there", () => all.Any(change => change is { Kind: StateEventKind.Deleted, Key: "zone" }));
    }

    [Fact]
    public async Task A_broadcast_reaches_every_other_member()
    {
        var (a, b) = await StartPair();
        var c = await Start("c", await Address(a));
        await Eventually("all three know each other", async () => (await a.Mesh.Members()).Count == 3);
        var atB = await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("t"));
        var atC = await Subscribe<MeshMessage>(c, ChirpsStreams.Messages("t"));

        var receipt = await a.Mesh.Broadcast("x"u8.ToArray(), MessageProfile.Ephemeral, "t");

        Assert.Equal(["b", "c"], receipt.Members.Select(member => member.Member.Value).Order());
        Assert.All(receipt.Members, member => Assert.Equal(SendOutcome.Sent, member.Receipt.Outcome));
        await MeshFixture.Eventually("both have it", () => atB.Count == 1 && atC.Count == 1);
    }

    [Fact]
    public async Task The_membership_stream_tells_of_a_join_and_of_a_graceful_leave()
    {
        var a = await Start("a");
        var events = await Subscribe<MembershipEvent>(a, ChirpsStreams.Membership);

        var b = await Start("b", await Address(a));
        await MeshFixture.Eventually("the join is seen", () => events.OfType<MemberJoined>().Any(one => one.Member.Id == new NodeId("b")));
        await b.Mesh.Leave();
        await MeshFixture.Eventually("the leave is seen", () => events.OfType<MemberLeft>().Any(one => one.Member.Id == new NodeId("b")));

        Assert.DoesNotContain(events, one => one.Member.State == MemberState.Dead);
        var versions = events.Select(one => one.Version).ToArray();
        Assert.Equal(Enumerable.Range(0, versions.Length).Select(offset => versions[0] + (ulong)offset), versions);
    }

    [Fact]
    public async Task The_membership_stream_tells_of_suspicion_and_death_with_the_accuser()
    {
        var (a, b) = await StartPair();
        var events = await Subscribe<MembershipEvent>(a, ChirpsStreams.Membership);

        await b.Node.DisposeAsync();
        await MeshFixture.Eventually("the death is seen", () => events.OfType<MemberStatusChanged>().Any(one => one.NewState == MemberState.Dead));

        var changes = events.OfType<MemberStatusChanged>().Select(one => (one.OldState, one.NewState)).ToArray();
        Assert.Equal([(MemberState.Alive, MemberState.Suspect), (MemberState.Suspect, MemberState.Dead)], changes);
        Assert.Equal(new NodeId("a"), events.OfType<MemberStatusChanged>().First().Accuser);
    }

    [Fact]
    public async Task A_subscriber_that_comes_back_sees_by_the_version_that_it_missed_something_and_reads_again()
    {
        var (a, b) = await StartPair();
        var witness = await Subscribe<MembershipEvent>(a, ChirpsStreams.Membership);
        var last = (await a.Mesh.Status()).MembershipVersion;

        await b.Mesh.Leave();
        await Start("c", await Address(a));
        await MeshFixture.Eventually("both changes were on the stream", () => witness.OfType<MemberLeft>().Any() && witness.OfType<MemberJoined>().Any(one => one.Member.Id == new NodeId("c")));
        var late = await Subscribe<MembershipEvent>(a, ChirpsStreams.Membership);
        await Start("d", await Address(a));
        await MeshFixture.Eventually("the late one hears of d", () => late.OfType<MemberJoined>().Any(one => one.Member.Id == new NodeId("d")));

        // A stream may hand the newest event of before to a new subscriber, not more.
        var heard = late.OfType<MemberJoined>().First(one => one.Member.Id == new NodeId("d"));
        Assert.True(late.First().Version > last + 1, $"version {late.First().Version} does not show that something between it and {last} is missing");
        Assert.True((await a.Mesh.Status()).MembershipVersion >= heard.Version);
        Assert.Equal(MemberState.Left, (await a.Mesh.Members()).Single(member => member.Id == new NodeId("b")).State);
    }

    [Fact]
    public async Task The_node_grain_knows_the_peers_state_history_and_link()
    {
        var (a, b) = await StartPair();
        await Subscribe<MeshMessage>(b, ChirpsStreams.Messages("t"));
        await a.Mesh.SendTo(new NodeId("b"), default, MessageProfile.Control, "t");
        var peer = a.Peer("b");

        var info = await peer.Info();
        var history = await peer.History();
        var link = await peer.Link();

        Assert.Equal(MemberState.Alive, info?.State);
        Assert.IsType<MemberJoined>(Assert.Single(history));
        Assert.True(link is { Connected: true, PacketsSent: > 0 } && link.SmoothedRtt > TimeSpan.Zero, $"{link}");
        Assert.Null(await a.Peer("nobody").Info());
    }

    [Fact]
    public async Task The_node_grain_tells_who_accused_a_dead_peer_and_how_it_ended()
    {
        var (a, b) = await StartPair();
        var before = await a.Peer("b").Evidence();
        var started = DateTimeOffset.UtcNow;

        await b.Node.DisposeAsync();
        await Eventually("b is held dead", async () => (await a.Peer("b").Info())?.State == MemberState.Dead);
        var after = await a.Peer("b").Evidence();
        var finished = DateTimeOffset.UtcNow;

        Assert.Empty(before!.Accusations);
        var accusation = Assert.Single(after!.Accusations);
        Assert.Equal((new NodeId("a"), AccusationResult.Dead, new NodeId("a")), (accusation.Accuser, accusation.Outcome, accusation.EndedBy));
        Assert.InRange(accusation.At, started.AddSeconds(-5), finished);
        Assert.InRange(accusation.EndedAt!.Value, accusation.At, finished.AddSeconds(1));
        Assert.Equal((await a.Peer("b").Info())?.Generation, accusation.Generation);
        Assert.True(after.Phi > before.Phi, $"phi {before.Phi} before the crash, {after.Phi} after it");
        Assert.Null(await a.Peer("nobody").Evidence());
    }

    [Fact]
    public async Task The_status_says_what_the_mesh_looks_like()
    {
        var (a, _) = await StartPair();

        var status = await a.Mesh.Status();

        Assert.Equal((true, 2, 0, 0), (status.Joined, status.Alive, status.Suspect, status.Dead));
        Assert.Equal(new NodeId("a"), status.Self.Id);
        Assert.Contains(status.Subscriptions, one => one.Topic == "*");
    }

    [Fact]
    public async Task A_callers_mistake_is_an_argument_exception()
    {
        var a = await Start("a");

        await Assert.ThrowsAnyAsync<ArgumentException>(() => a.Mesh.SendTo(new NodeId("a"), default, MessageProfile.Control, ""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => a.Mesh.SendTo(default, default, MessageProfile.Control, "t"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => a.Mesh.Join(_noSeed));
    }

    /// <summary>Whether a node writes the key by itself: the address of the server it hosts.</summary>
    private static bool IsOwn(string key) => key.StartsWith("chirps/", StringComparison.Ordinal);

    private static async Task<ConcurrentQueue<T>> Subscribe<T>(MeshCluster cluster, StreamId stream)
    {
        var received = new ConcurrentQueue<T>();
        await cluster.Client.GetStreamProvider(ChirpsStreams.Provider).GetStream<T>(stream).SubscribeAsync((item, _) =>
        {
            received.Enqueue(item);
            return Task.CompletedTask;
        });
        return received;
    }

    private static async Task Eventually(string what, Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var timeout = new CancellationTokenSource(MeshFixture.Patience);
        while (!await condition())
        {
            Assert.True(!timeout.IsCancellationRequested, $"It did not happen that {what}.");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<string> Address(MeshCluster cluster) => (await cluster.Mesh.Self()).Address;

    private async Task<MeshCluster> Start(string name, string seed = "")
    {
        var cluster = await MeshCluster.StartAsync(name, _directory, seed);
        _clusters.Add(cluster);
        return cluster;
    }

    private async Task<(MeshCluster A, MeshCluster B)> StartPair()
    {
        var a = await Start("a");
        var b = await Start("b", await Address(a));
        await Eventually("a and b know each other", async () => (await a.Mesh.Members()).Count == 2 && (await b.Mesh.Members()).Count == 2);
        return (a, b);
    }
}
