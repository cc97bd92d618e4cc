using Chirps.Node.Raft;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Chirps.Node;

/// <summary>Puts a mesh node into a host without Orleans.</summary>
public static class ChirpsServiceCollectionExtensions
{
    /// <summary>
    /// Adds a mesh node, which starts and stops with the host, and what is built on it: <see cref="IMeshNode"/> and <see cref="IRaftTransport"/>. Services that
    /// are started after it may ask for them; before that they are not there.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The node's options.</param>
    public static IServiceCollection AddChirps(this IServiceCollection services, MeshOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<MeshHostedService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<MeshHostedService>());
        services.AddSingleton(provider => provider.GetRequiredService<MeshHostedService>().Node);
        services.AddSingleton<IMeshNode>(provider => provider.GetRequiredService<MeshNode>());
        return services.AddChirpsRaft();
    }

    /// <summary>Adds <see cref="IRaftTransport"/> over the <see cref="IMeshNode"/> that is there. It begins to receive when it is first asked for.</summary>
    public static IServiceCollection AddChirpsRaft(this IServiceCollection services)
    {
        services.TryAddSingleton<IRaftTransport>(provider =>
        {
            var options = provider.GetRequiredService<MeshOptions>();
            return new RaftTransport(provider.GetRequiredService<IMeshNode>(), options.Raft, options.Limits);
        });
        return services;
    }
}
