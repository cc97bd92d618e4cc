using Orleans.Serialization.StandIn;

namespace Orleans.Serialization;

/// <summary>Copies values the way a call inside the silo does.</summary>
public sealed class DeepCopier
{
    public T? Copy<T>(T? value) => Copiers.Copy(value, external: false);
}
