using Chirps.Node;
using Chirps.Node.Raft;
using RaftKv.Node;

namespace RaftKv.Http;

/// <summary>Starts the groups once the mesh node is there.</summary>
internal sealed class RaftService(IServiceProvider services, KvHostOptions options, MeshOptions mesh, ILogger<RaftNode> logger) : IHostedService, IAsyncDisposable
{
    private RaftNode? _node;

    public RaftNode Node => _node ?? throw new InvalidOperationException("The groups start with the host; they are not running yet.");

    /// <summary>Bytes of a message that the mesh takes and that fits into its queues.</summary>
    public static int MessageBytes(MeshOptions mesh) => Math.Min(mesh.Limits.ControlBytes, Math.Min(mesh.Raft.PeerQueueBytes, mesh.Raft.GroupQueueBytes));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _node = new RaftNode(services.GetRequiredService<IRaftTransport>(), new RaftNodeOptions
        {
            DataDirectory = Path.Combine(mesh.Mesh.DataDirectory, "raft", mesh.Mesh.NodeId),
            Voters = options.VoterIds(),
            Groups = options.Groups,
            SnapshotBytes = options.SnapshotBytes,
            EntriesKept = options.EntriesKept,
            MessageBytes = MessageBytes(mesh),
        }, logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _node, null) is { } node)
        {
            await node.DisposeAsync();
        }
    }
}
