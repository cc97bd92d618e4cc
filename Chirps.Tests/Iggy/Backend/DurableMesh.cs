using Chirps.Engine.Membership;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Durable;
using Chirps.Node;
using Chirps.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Tests.Iggy.Backend;

/// <summary>Real nodes on loopback with durable messages; a node without seeds hosts the server.</summary>
internal sealed class DurableMesh : IAsyncDisposable
{
    private readonly MeshFixture _mesh = new();
    private readonly Dictionary<MeshNode, IggyBackendFactory> _backends = [];

    public string Directory => _mesh.Directory;

    public MeshOptions Options(string name, params MeshNode[] seeds) => _mesh.Options(name, [.. seeds.Select(seed => seed.Membership.Self.Address.ToString())]);

    /// <summary>Starts a node. It need not have reached a server when this returns.</summary>
    public async Task<MeshNode> StartAsync(MeshOptions options)
    {
        var factory = new IggyBackendFactory(NullLoggerFactory.Instance, TimeProvider.System);
        var node = await _mesh.StartAsync(options, factory);
        _backends[node] = factory;
        return node;
    }

    /// <summary>Starts nodes that know each other and the server, which the first one hosts.</summary>
    public async Task<MeshNode[]> StartAsync(params string[] names)
    {
        var nodes = new List<MeshNode> { await StartAsync(Options(names[0])) };
        foreach (var name in names[1..])
        {
            nodes.Add(await StartAsync(Options(name, nodes[0])));
        }

        await MeshFixture.Eventually("every node sees all alive", () => nodes.TrueForAll(node => node.Membership.Count(MemberStatus.Alive) == names.Length));
        foreach (var node in nodes)
        {
            await ReachesServer(node);
        }

        return [.. nodes];
    }

    public IggyLink Link(MeshNode node) => _backends[node].Link!;

    public IDurableChannels Channels(MeshNode node) => _backends[node].Channels;

    /// <summary>Waits until a node is connected to the server and knows its channels.</summary>
    public Task ReachesServer(MeshNode node)
        => MeshFixture.Eventually("the node reaches the server", () => Link(node).IsConnected && Link(node).TryGetPartitions(DurableChannels.Broadcast, out _));

    /// <summary>The texts of the next messages.</summary>
    public static async Task<string[]> TakeAsync(MeshSubscription subscription, int count)
    {
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var texts = new string[count];
        for (var index = 0; index < count; index++)
        {
            using var message = await subscription.Messages.ReadAsync(patience.Token);
            texts[index] = System.Text.Encoding.UTF8.GetString(message.Payload.Span);
        }

        return texts;
    }

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();
}
