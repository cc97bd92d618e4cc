using System.Diagnostics.Metrics;
using Chirps.Engine.Membership;
using Chirps.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Tests.Node;

/// <summary>Real nodes on loopback, in one process, of one development authority.</summary>
public sealed class MeshFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<MeshNode> _nodes = [];

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("chirps-tests-").FullName;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public MeshOptions Options(string name, params string[] seeds)
    {
        var options = new MeshOptions();
        options.Mesh.NodeId = name;
        options.Mesh.ListenAddress = "127.0.0.1:0";
        options.Mesh.DataDirectory = Directory;
        options.Mesh.Seeds.Nodes = [.. seeds];
        return options;
    }

    public async Task<MeshNode> StartAsync(MeshOptions options, IBackendFactory? storing = null)
    {
        var node = await MeshNode.StartAsync(options, _services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None, storing);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts nodes that know each other when this returns.</summary>
    public Task<MeshNode[]> StartAsync(params string[] names) => StartAsync(names.Select(name => Options(name)).ToArray());

    /// <summary>Starts nodes that know each other when this returns; the first one is the seed of the others.</summary>
    public async Task<MeshNode[]> StartAsync(params MeshOptions[] options)
    {
        var first = await StartAsync(options[0]);
        foreach (var other in options[1..])
        {
            other.Mesh.Seeds.Nodes = [first.Membership.Self.Address.ToString()];
            await StartAsync(other);
        }

        var nodes = _nodes.ToArray();
        await Eventually("every node sees all alive", () => nodes.All(node => node.Membership.Count(MemberStatus.Alive) == options.Length));
        return nodes;
    }

    /// <summary>Waits for something that happens by itself.</summary>
    public static async Task Eventually(string what, Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not happen within {Patience.TotalSeconds} s that {what}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _services.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
