using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Streams.StandIn;

namespace Orleans.Hosting.StandIn;

/// <summary>Storage that was registered. Only its name matters here: grains of the stand-in have no persistent state.</summary>
internal sealed class GrainStorage;

/// <summary>Starts and stops the silo with the host, at the place in the host's order where UseOrleans was called.</summary>
internal sealed class SiloHost(SiloRuntime runtime, SiloLifecycle lifecycle, IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = lifecycle.Subscribe<SiloHost>(ServiceLifecycleStage.BecomeActive, _ =>
        {
            runtime.BecomeActive();
            return Task.CompletedTask;
        });
        _ = lifecycle.Subscribe<SiloHost>(ServiceLifecycleStage.GrainDeactivation, static _ => Task.CompletedTask, runtime.LeaveAsync);
        foreach (var participant in participants)
        {
            participant.Participate(lifecycle);
        }

        return lifecycle.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => lifecycle.StopAsync(cancellationToken);
}

internal static class SiloServices
{
    public static void Add(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(SiloRuntime)))
        {
            return;
        }

        _ = services.AddLogging().AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DeepCopier>();
        services.TryAddSingleton<LocalSiloDetails>();
        services.TryAddSingleton<ILocalSiloDetails>(static s => s.GetRequiredService<LocalSiloDetails>());
        services.TryAddSingleton<SiloRuntime>();
        services.TryAddSingleton<MemoryQueues>();
        services.TryAddSingleton<SiloLifecycle>();
        services.TryAddSingleton<ISiloLifecycle>(static s => s.GetRequiredService<SiloLifecycle>());
        services.TryAddSingleton<IClusterClient>(static s => new ClusterClient(s.GetRequiredService<SiloRuntime>(), outside: null, s));
        services.TryAddSingleton<IGrainFactory>(static s => s.GetRequiredService<SiloRuntime>().Factory);
        services.TryAddScoped<IGrainContext>(static _ => SerialScheduler.CurrentActivation ?? throw new InvalidOperationException("There is a grain context only inside a grain."));
        services.TryAddSingleton<IValidateOptions<GrainCollectionOptions>, GrainCollectionValidator>();
        _ = services.AddHostedService<SiloHost>();
    }

    private sealed class GrainCollectionValidator : IValidateOptions<GrainCollectionOptions>
    {
        public ValidateOptionsResult Validate(string? name, GrainCollectionOptions options)
            => options.CollectionQuantum > TimeSpan.Zero && options.CollectionAge > options.CollectionQuantum
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"{nameof(options.CollectionAge)} must be longer than {nameof(options.CollectionQuantum)}, and both more than zero.");
    }
}
