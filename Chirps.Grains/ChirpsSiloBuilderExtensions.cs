using Chirps.Grains.DurableStream;
using Chirps.Grains.MeshStream;
using Chirps.Hosting;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Channels;
using Chirps.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Grains;

/// <summary>Puts a mesh node into a silo.</summary>
public static class ChirpsSiloBuilderExtensions
{
    /// <summary>
    /// Adds a mesh node with its grains and streams, configured by section <c>Chirps</c> of the silo's configuration.
    /// </summary>
    /// <exception cref="MeshConfigurationException">The section has unknown keys or bad values; the message names each.</exception>
    public static ISiloBuilder AddChirps(this ISiloBuilder silo) => silo.AddChirps(OptionsReader.Read(silo.Configuration, ChirpsServiceCollectionExtensions.HostSections));

    /// <summary>Adds a mesh node with its grains and streams.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The node's options.</param>
    public static ISiloBuilder AddChirps(this ISiloBuilder silo, MeshOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.AddMemoryGrainStorage("PubSubStore");
        silo.AddMeshStreams();
        silo.Services.AddMeshNode(options);
        silo.AddChirpsDurableStreams(static services => new DurableStreamOptions
        {
            Server = new LinkedChannelServer(services.GetRequiredService<IggyBackendFactory>()),
            Node = () => services.GetRequiredService<MeshNode>().Membership.Self.Id,
        });
        silo.Services.AddSingleton<RaftGroupTable>();
        silo.Services.AddSingleton<MeshNodeService>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<MeshNodeService>());
        silo.Services.AddSingleton<IPublisher, MembershipPublisher>();
        silo.Services.AddSingleton<IPublisher, MessagePublisher>();
        silo.Services.AddSingleton<IPublisher, StatePublisher>();
        silo.Services.AddSingleton<IPublisher, OutboxPublisher>();
        return silo;
    }
}
