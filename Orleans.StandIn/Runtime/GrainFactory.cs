using System.Globalization;

namespace Orleans.Runtime.StandIn;

/// <summary>Makes references, and refuses those that could never be called.</summary>
internal class GrainFactory(SiloRuntime silo, bool external) : IGrainFactory
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
        return (TGrainInterface)(object)GrainReference.Create(Silo, typeof(TGrainInterface), grainId, external);
    }

    private TGrainInterface Get<TGrainInterface>(string key, string? prefix)
    {
        var grainClass = Silo.Classes.Implementing(typeof(TGrainInterface), prefix);
        return (TGrainInterface)(object)GrainReference.Create(Silo, typeof(TGrainInterface), GrainId.Create(grainClass.GrainType, key), external);
    }
}

/// <summary>A client: grains and, through its own services, streams.</summary>
internal sealed class ClusterClient(SiloRuntime silo, bool external, IServiceProvider services) : GrainFactory(silo, external), IClusterClient
{
    public IServiceProvider ServiceProvider { get; } = services;
}
