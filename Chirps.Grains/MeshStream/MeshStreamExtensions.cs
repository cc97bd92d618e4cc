using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Grains.MeshStream;

/// <summary>Puts the streams of this silo's node into the silo.</summary>
internal static class MeshStreamExtensions
{
    /// <summary>How soon a full cache is looked at again.</summary>
    private static readonly TimeSpan _pressurePause = TimeSpan.FromMilliseconds(25);

    /// <summary>Adds provider <see cref="ChirpsStreams.Provider"/>. Explicit subscriptions need grain storage <c>PubSubStore</c>.</summary>
    public static ISiloBuilder AddMeshStreams(this ISiloBuilder silo)
    {
        StreamStop.AddTo(silo.Services);
        return silo.AddPersistentStreams(ChirpsStreams.Provider, Create, static streams =>
        {
            streams.ConfigurePullingAgent(static agent => agent.Configure(static settings => settings.GetQueueMsgsTimerPeriod = _pressurePause));
            streams.ConfigurePartitionBalancing(static (_, _) => new LocalQueueBalancer());
        });
    }

    private static MeshStreamAdapter Create(IServiceProvider services, string name)
    {
        var adapter = new MeshStreamAdapter(name, services.GetRequiredService<ILoggerFactory>());
        services.GetRequiredService<StreamStop>().Add(adapter.Stop);
        return adapter;
    }
}
