using System.Diagnostics.CodeAnalysis;

namespace Orleans.Serialization.StandIn;

/// <summary>One copy of one object graph: an object that occurs twice is copied once.</summary>
internal sealed class CopyContext(bool external)
{
    private Dictionary<object, object>? _copies;

    /// <summary>Whether the value leaves the process in real Orleans, so that immutable values are new instances too.</summary>
    public bool External { get; } = external;

    public bool TryGetCopy(object original, [NotNullWhen(true)] out object? copy)
    {
        copy = null;
        return _copies is not null && _copies.TryGetValue(original, out copy);
    }

    public void Record(object original, object copy) => (_copies ??= new(ReferenceEqualityComparer.Instance))[original] = copy;

    public T? Copy<T>(T? value)
    {
        if (value is null)
        {
            return value;
        }

        return Copiers.IsExact<T>.Value ? Copiers.Declared<T>.Copier.Copy(value, this) : (T)Copiers.For(value.GetType()).CopyObject(value, this);
    }
}
