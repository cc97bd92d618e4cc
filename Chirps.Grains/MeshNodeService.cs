using System.Diagnostics.Metrics;
using Chirps.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Grains;

/// <summary>
/// Ties the mesh node to the life of the silo: the node starts before the silo serves grains and is stopped after;
/// the publishers run while it does. A silo that stops in order leaves the mesh in order.
/// </summary>
internal sealed partial class MeshNodeService(
    MeshOptions options,
    IMeterFactory meters,
    ILoggerFactory loggers,
    TimeProvider wallClock,
    IBackendFactory storing,
    IServiceProvider services,
    ILogger<MeshNodeService> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>How long the publishers may take to end.</summary>
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _publishers = Task.CompletedTask;
    private MeshNode? _node;

    /// <summary>The node.</summary>
    /// <exception cref="InvalidOperationException">The silo has not got that far.</exception>
    public MeshNode Node => _node ?? throw new InvalidOperationException("The mesh node starts with the silo; it is not running yet.");

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<MeshNodeService>(ServiceLifecycleStage.ApplicationServices, StartNode, StopNode);
        lifecycle.Subscribe<MeshNodeService>(ServiceLifecycleStage.Active, StartPublishers, StopPublishers);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task StartNode(CancellationToken cancellationToken)
        => _node = await MeshNode.StartAsync(options, meters, loggers, wallClock, cancellationToken, storing);

    private async Task StopNode(CancellationToken cancellationToken)
    {
        if (_node is not { } node)
        {
            return;
        }

        try
        {
            await node.LeaveAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogLeaveCut(logger);
        }

        await node.DisposeAsync();
    }

    private Task StartPublishers(CancellationToken cancellationToken)
    {
        // Started only now: their streams need an active silo, and they need the node.
        _publishers = Task.WhenAll(services.GetServices<IPublisher>().Select(publisher => Task.Run(() => publisher.RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    private async Task StopPublishers(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        try
        {
            await _publishers.WaitAsync(_stopTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "Stopped before the others knew that this node leaves: they will find it dead")]
    private static partial void LogLeaveCut(ILogger logger);
}
