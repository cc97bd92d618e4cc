using System.Reflection;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>A caller's handle to a grain. The class that implements the grain interface is derived at run time.</summary>
public class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private SiloRuntime? _silo;
    private Type? _interface;
    private MessagingOptions? _outside;
    private IWorkTarget? _target;

    public GrainId GrainId { get; private set; }

    public GrainInterfaceType InterfaceType => GrainInterfaceType.Create(InterfaceName);

    public string InterfaceName => _interface?.FullName ?? "";

    internal SiloRuntime Silo => _silo!;

    internal MessagingOptions Messaging => CalledFromOutside ? _outside! : _silo!.Messaging;

    /// <summary>Whether the call comes from outside the silo, where even immutable values would have been serialized.</summary>
    internal bool CalledFromOutside => _outside is not null && SerialScheduler.CurrentActivation is null;

    public TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable
        => this is TGrainInterface same ? same : (TGrainInterface)(object)Create(_silo!, typeof(TGrainInterface), GrainId, _outside);

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public sealed override bool Equals(object? obj) => Equals(obj as GrainReference);

    public sealed override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    internal static GrainReference Create(SiloRuntime silo, Type grainInterface, GrainId id, MessagingOptions? outside = null)
    {
        var reference = (GrainReference)Create(grainInterface, typeof(GrainReference));
        (reference._silo, reference._interface, reference.GrainId, reference._outside) = (silo, grainInterface, id, outside);
        return reference;
    }

    /// <summary>Queues work at the grain, wherever its activation is now.</summary>
    internal void Dispatch(WorkItem item)
    {
        if (_target is not { } target || !target.TryEnqueue(item))
        {
            _target = _silo!.Catalog.Dispatch(GrainId, item);
        }
    }

    protected sealed override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => GrainMethod.For(targetMethod!).Send(this, args ?? []);
}
