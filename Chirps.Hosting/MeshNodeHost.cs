using System.Diagnostics.Metrics;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Hosting;

/// <summary>The node of a host: starts it when it is first asked for, and ends it in order. All members may be used from any thread.</summary>
internal sealed partial class MeshNodeHost : IAsyncDisposable
{
    private readonly Lazy<MeshNode> _node;
    private readonly ILogger<MeshNodeHost> _logger;

    public MeshNodeHost(MeshOptions options, IMeterFactory meters, ILoggerFactory loggers, TimeProvider wallClock, IBackendFactory storing)
    {
        _logger = loggers.CreateLogger<MeshNodeHost>();
        _node = new Lazy<MeshNode>(() => MeshNode.Start(options, storing, meters, loggers, wallClock));
    }

    /// <summary>The node; starting takes some tens of milliseconds, joining goes on afterwards.</summary>
    /// <inheritdoc cref="MeshNode.StartAsync" path="/exception" />
    public MeshNode Node => _node.Value;

    /// <summary>Leaves the mesh and stops the node, if it was started.</summary>
    /// <param name="cancellationToken">Ends the wait for the others to know; then they will find the node dead.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_node.IsValueCreated)
        {
            return;
        }

        try
        {
            await _node.Value.LeaveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogLeaveCut(_logger);
        }

        await _node.Value.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _node.IsValueCreated ? _node.Value.DisposeAsync() : ValueTask.CompletedTask;

    [LoggerMessage(2014, LogLevel.Warning, "Stopped before the others knew that this node leaves: they will find it dead")]
    private static partial void LogLeaveCut(ILogger logger);
}
