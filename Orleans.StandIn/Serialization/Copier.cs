namespace Orleans.Serialization.StandIn;

internal abstract class Copier
{
    /// <summary>Whether a value must be copied at all on this kind of call.</summary>
    public abstract bool NeedsCopy(bool external);

    public abstract object CopyObject(object value, CopyContext context);
}

internal abstract class Copier<T> : Copier
{
    public abstract T Copy(T value, CopyContext context);

    public override bool NeedsCopy(bool external) => true;

    public sealed override object CopyObject(object value, CopyContext context) => Copy((T)value, context)!;
}

/// <summary>Values that cannot change: passed as they are.</summary>
internal sealed class ValueCopier<T> : Copier<T>
{
    public override bool NeedsCopy(bool external) => false;

    public override T Copy(T value, CopyContext context) => value;
}

/// <summary>A mutable object: looked up among those already copied before it is copied.</summary>
internal abstract class ObjectCopier<T> : Copier<T>
    where T : class
{
    public sealed override T Copy(T value, CopyContext context)
        => context.TryGetCopy(value, out var copy) ? (T)copy : CopyNew(value, context);

    protected abstract T CopyNew(T value, CopyContext context);
}
