using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chirps.Node;

/// <summary>Ties a mesh node to the life of a host: it starts with it, and leaves the mesh in order when the host stops in order.</summary>
internal sealed class MeshHostedService(MeshOptions options, IMeterFactory meters, ILoggerFactory loggers, TimeProvider wallClock, IServiceProvider services) : IHostedService, IAsyncDisposable
{
    private MeshNode? _node;

    /// <summary>The node.</summary>
    /// <exception cref="InvalidOperationException">The host has not got that far.</exception>
    public MeshNode Node => _node ?? throw new InvalidOperationException("The mesh node starts with the host; it is not running yet.");

    public async Task StartAsync(CancellationToken cancellationToken)
        => _node = await MeshNode.StartAsync(options, meters, loggers, wallClock, cancellationToken, services.GetService<IBackendFactory>()).ConfigureAwait(false);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Node.LeaveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The others will find it dead.
        }

        await Node.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _node is null ? ValueTask.CompletedTask : _node.DisposeAsync();
}
