using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chirps.Grains;

/// <summary>
/// Ends the delivery of streams before the silo stops its grains: what cannot be delivered because of that is not taken for a failure, and nobody waits for it.
/// </summary>
internal sealed class StreamStop : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly List<Action> _stops = [];

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<StreamStop>(ServiceLifecycleStage.Active + 1, static _ => Task.CompletedTask, _ =>
    {
        _stops.ForEach(static stop => stop());
        return Task.CompletedTask;
    });

    /// <summary>Adds it to a silo; once, however often it is called.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.TryAddSingleton<StreamStop>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, StreamStop>(static provider => provider.GetRequiredService<StreamStop>()));
    }

    /// <summary>Says what is to be done then. While the silo is built.</summary>
    public void Add(Action stop) => _stops.Add(stop);
}
