using Chirps.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Grains;

/// <summary>
/// Ties the mesh node to the life of the silo: the node starts before the silo serves grains and is stopped after;
/// the publishers run while it does. A silo that stops in order leaves the mesh in order.
/// </summary>
internal sealed class MeshNodeService(MeshNodeHost host, IServiceProvider services) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>How long the publishers may take to end.</summary>
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _publishers = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<MeshNodeService>(ServiceLifecycleStage.ApplicationServices, StartNode, host.StopAsync);
        lifecycle.Subscribe<MeshNodeService>(ServiceLifecycleStage.Active, StartPublishers, StopPublishers);
    }

    public void Dispose() => _stopping.Dispose();

    private Task StartNode(CancellationToken cancellationToken) => Task.Run(() => _ = host.Node, cancellationToken);

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
}
