using Chirps.Grains.MeshStream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Grains;

/// <summary>Lets a client outside of the silo read the streams of its node.</summary>
public static class ChirpsClientBuilderExtensions
{
    /// <summary>
    /// Adds provider <see cref="ChirpsStreams.Provider"/>, to read with. Instead of it memory streams of that name will do where the cluster has one silo; in a larger one, where a stream
    /// has a source on each silo, they lose messages.
    /// </summary>
    public static IClientBuilder AddChirpsStreams(this IClientBuilder client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.AddPersistentStreams(ChirpsStreams.Provider, static (services, name) => new MeshStreamAdapter(name, services.GetRequiredService<ILoggerFactory>()), static _ => { });
    }
}
