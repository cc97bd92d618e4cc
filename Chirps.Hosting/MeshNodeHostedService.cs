using Microsoft.Extensions.Hosting;

namespace Chirps.Hosting;

/// <summary>Ties the node to the life of a host.</summary>
internal sealed class MeshNodeHostedService(MeshNodeHost host) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(() => _ = host.Node, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);
}
