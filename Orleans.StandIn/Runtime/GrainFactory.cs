using System.Globalization;
using Orleans.Configuration;

namespace Orleans.Runtime.StandIn;

/// <summary>Makes references, and refuses those that could never be called.</summary>
/// <param name="silo">Where the grains are.</param>
/// <param name="outside">The client's options when it counts as outside the silo.</param>
internal class GrainFactory(SiloRuntime silo, MessagingOptions? outside) : IGrainFactory
{
    protected SiloRuntime Silo { get; } = silo;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Get<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey
        => Get<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey
        => Get<TGrainInterface>(primaryKey.ToString("N"), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable
    {
        InterfaceRules.Require(typeof(TGrainInterface));
        return (TGrainInterface)(object)GrainReference.Create(Silo, typeof(TGrainInterface), grainId, outside);
    }

    private TGrainInterface Get<TGrainInterface>(string key, string? prefix)
    {
        var grainClass = Silo.Classes.Implementing(typeof(TGrainInterface), prefix);
        return (TGrainInterface)(object)GrainReference.Create(Silo, typeof(TGrainInterface), GrainId.Create(grainClass.GrainType, key), outside);
    }
}

/// <summary>A client: grains and, through its own services, streams.</summary>
internal sealed class ClusterClient(SiloRuntime silo, MessagingOptions? outside, IServiceProvider services) : GrainFactory(silo, outside), IClusterClient
{
    public IServiceProvider ServiceProvider { get; } = services;
}
