using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Providers;

namespace Chirps.Grains.DurableStream;

/// <summary>Puts the provider of durable streams into a silo or a client.</summary>
public static class DurableStreamExtensions
{
    /// <summary>Adds provider <see cref="ChirpsStreams.DurableProvider"/>. Explicit subscriptions need grain storage <c>PubSubStore</c>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Makes the options, when the provider starts.</param>
    public static ISiloBuilder AddChirpsDurableStreams(this ISiloBuilder silo, Func<IServiceProvider, DurableStreamOptions> options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        Register(silo.Services, options);
        StreamStop.AddTo(silo.Services);
        return silo.AddPersistentStreams(ChirpsStreams.DurableProvider, CreateForSilo, static streams =>
        {
            streams.ConfigurePullingAgent(agent => agent.Configure<DurableStreamOptions>((settings, durable) =>
            {
                settings.GetQueueMsgsTimerPeriod = durable.Reading.PollInterval;
                settings.MaxEventDeliveryTime = durable.DeliveryTimeMax;
            }));
            streams.ConfigureBackoffProvider(static (services, _) => (IMessageDeliveryBackoffProvider)new DurableBackoff(
                services.GetRequiredService<DurableStreamOptions>(), services.GetRequiredService<DurableStreamMetrics>()));
            streams.ConfigureBackoffProvider(static (services, _) => (IQueueReaderBackoffProvider)new DurableReadBackoff(services.GetRequiredService<DurableStreamOptions>()));
        });
    }

    /// <summary>Adds provider <see cref="ChirpsStreams.DurableProvider"/> to a client, which publishes to the server by itself and reads through the silo.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">Makes the options, when the provider starts.</param>
    public static IClientBuilder AddChirpsDurableStreams(this IClientBuilder client, Func<IServiceProvider, DurableStreamOptions> options)
    {
        ArgumentNullException.ThrowIfNull(client);
        Register(client.Services, options);
        return client.AddPersistentStreams(ChirpsStreams.DurableProvider, Create, static _ => { });
    }

    private static void Register(IServiceCollection services, Func<IServiceProvider, DurableStreamOptions> options)
    {
        services.AddMetrics();
        services.AddSingleton(provider => options(provider));
        services.TryAddSingleton<DurableStreamMetrics>();
    }

    private static DurableAdapter CreateForSilo(IServiceProvider services, string name)
    {
        var adapter = Create(services, name);
        services.GetRequiredService<StreamStop>().Add(adapter.Stop);
        return adapter;
    }

    private static DurableAdapter Create(IServiceProvider services, string name) => new(
        name, services.GetRequiredService<DurableStreamOptions>(), services.GetRequiredService<DurableStreamMetrics>(), services.GetRequiredService<ILoggerFactory>());
}
