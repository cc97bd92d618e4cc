using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Silo.Http;

namespace Chirps.Tests.Node;

/// <summary>When a node says that it works, and that it can serve.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_whose_seed_does_not_answer_works_but_is_not_ready()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a", "127.0.0.1:9"));

        var health = node.Health();

        Assert.True(health.IsAlive);
        Assert.StartsWith("not ready\n+ loop: ok\n- joined: no seed has answered yet\n+ transport: ok\n", HealthEndpoints.Describe(health), StringComparison.Ordinal);
        Assert.Contains("\nchirps_node_ready 0\n", node.Metrics.ToPrometheusText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_leaves_is_not_ready()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        Assert.True(node.Health().IsReady);

        await node.LeaveAsync();

        Assert.Contains(node.Health().Checks, check => check is { Name: "joined", IsGood: false, Text: "the node leaves or has left" });
        Assert.True(node.Health().IsAlive);
    }

    [Fact]
    public async Task A_loop_that_stands_still_shows_how_late_it_is()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));
        using var gate = new ManualResetEventSlim();

        node.Loop.TryPost((_, _) => gate.Wait());
        await MeshFixture.Eventually("the loop is late", () => node.Health().LoopLag > TimeSpan.FromMilliseconds(500));
        gate.Set();

        await MeshFixture.Eventually("the loop has caught up", () => node.Health().LoopLag < TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task A_loop_that_has_failed_is_not_alive()
    {
        var node = await _mesh.StartAsync(_mesh.Options("a"));

        node.Loop.TryPost((_, _) => throw new InvalidOperationException("a broken invariant"));
        await MeshFixture.Eventually("the node knows", () => !node.Health().IsAlive);

        Assert.Contains(node.Health().Checks, check => check is { Name: "loop", IsGood: false });
    }

    [Fact]
    public async Task A_backend_that_can_take_nothing_keeps_the_node_from_being_ready()
    {
        var backend = new FullBackend();
        var node = await _mesh.StartAsync(_mesh.Options("a"), backend);
        Assert.True(node.Health().IsReady);

        backend.IsFull = true;

        Assert.EndsWith("- iggy: the outbox is full\n", HealthEndpoints.Describe(node.Health()), StringComparison.Ordinal);
        Assert.False(node.Health().IsReady);
    }

    private sealed class FullBackend : IBackendFactory, IStoringBackend
    {
        public bool IsFull { get; set; }

        public string Name => IggyOptions.BackendName;

        public HealthCheck Health => new(Name, !IsFull, IsFull ? "the outbox is full" : "ok");

        public IStoringBackend Create(MeshNode node) => this;

        public void Start()
        {
        }

        public ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
            => ValueTask.FromResult(new SendResult(Outcome.Queued, Guid.NewGuid()));

        public ValueTask<SendResult> BroadcastAsync(ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
            => ValueTask.FromResult(new SendResult(Outcome.Queued, Guid.NewGuid()));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
