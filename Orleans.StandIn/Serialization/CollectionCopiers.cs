using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.InteropServices;

namespace Orleans.Serialization.StandIn;

internal sealed class ArrayCopier<T> : ObjectCopier<T[]>
{
    protected override T[] CopyNew(T[] value, CopyContext context)
    {
        if (value.Length == 0)
        {
            return value;
        }

        var copy = (T[])value.Clone();
        context.Record(value, copy);
        if (Copiers.IsExact<T>.Value && !Copiers.Declared<T>.Copier.NeedsCopy(context.External))
        {
            return copy;
        }

        foreach (ref var item in copy.AsSpan())
        {
            item = context.Copy(item)!;
        }

        return copy;
    }
}

internal sealed class ListCopier<T> : ObjectCopier<List<T>>
{
    protected override List<T> CopyNew(List<T> value, CopyContext context)
    {
        List<T> copy = new(value);
        context.Record(value, copy);
        if (!Copiers.IsExact<T>.Value || Copiers.Declared<T>.Copier.NeedsCopy(context.External))
        {
            foreach (ref var item in CollectionsMarshal.AsSpan(copy))
            {
                item = context.Copy(item)!;
            }
        }

        return copy;
    }
}

internal sealed class DictionaryCopier<TKey, TValue> : ObjectCopier<Dictionary<TKey, TValue>>
    where TKey : notnull
{
    protected override Dictionary<TKey, TValue> CopyNew(Dictionary<TKey, TValue> value, CopyContext context)
    {
        Dictionary<TKey, TValue> copy = new(value.Count, value.Comparer);
        context.Record(value, copy);
        foreach (var (key, item) in value)
        {
            copy.Add(context.Copy(key)!, context.Copy(item)!);
        }

        return copy;
    }
}

internal sealed class SortedDictionaryCopier<TKey, TValue> : ObjectCopier<SortedDictionary<TKey, TValue>>
    where TKey : notnull
{
    protected override SortedDictionary<TKey, TValue> CopyNew(SortedDictionary<TKey, TValue> value, CopyContext context)
    {
        SortedDictionary<TKey, TValue> copy = new(value.Comparer);
        context.Record(value, copy);
        foreach (var (key, item) in value)
        {
            copy.Add(context.Copy(key)!, context.Copy(item)!);
        }

        return copy;
    }
}

internal sealed class HashSetCopier<T> : ObjectCopier<HashSet<T>>
{
    protected override HashSet<T> CopyNew(HashSet<T> value, CopyContext context)
    {
        HashSet<T> copy = new(value.Count, value.Comparer);
        context.Record(value, copy);
        copy.UnionWith(value.Select(context.Copy)!);
        return copy;
    }
}

internal sealed class QueueCopier<T> : ObjectCopier<Queue<T>>
{
    protected override Queue<T> CopyNew(Queue<T> value, CopyContext context) => new(value.Select(context.Copy)!);
}

internal sealed class StackCopier<T> : ObjectCopier<Stack<T>>
{
    protected override Stack<T> CopyNew(Stack<T> value, CopyContext context) => new(value.Reverse().Select(context.Copy)!);
}

internal sealed class ReadOnlyCollectionCopier<T> : ObjectCopier<ReadOnlyCollection<T>>
{
    protected override ReadOnlyCollection<T> CopyNew(ReadOnlyCollection<T> value, CopyContext context) => new([.. value.Select(context.Copy)!]);
}

internal sealed class ImmutableArrayCopier<T> : Copier<ImmutableArray<T>>
{
    public override ImmutableArray<T> Copy(ImmutableArray<T> value, CopyContext context)
    {
        if (value.IsDefault || !context.External && Copiers.IsExact<T>.Value && !Copiers.Declared<T>.Copier.NeedsCopy(external: false))
        {
            return value;
        }

        var copy = new T[value.Length];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = context.Copy(value[i])!;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(copy);
    }
}

internal sealed class ImmutableListCopier<T> : ObjectCopier<ImmutableList<T>>
{
    protected override ImmutableList<T> CopyNew(ImmutableList<T> value, CopyContext context) => [.. value.Select(context.Copy)!];
}

internal sealed class ImmutableDictionaryCopier<TKey, TValue> : ObjectCopier<ImmutableDictionary<TKey, TValue>>
    where TKey : notnull
{
    protected override ImmutableDictionary<TKey, TValue> CopyNew(ImmutableDictionary<TKey, TValue> value, CopyContext context)
        => value.ToImmutableDictionary(entry => context.Copy(entry.Key)!, entry => context.Copy(entry.Value)!, value.KeyComparer);
}

internal sealed class NullableCopier<T> : Copier<T?>
    where T : struct
{
    public override bool NeedsCopy(bool external) => Copiers.Declared<T>.Copier.NeedsCopy(external);

    public override T? Copy(T? value, CopyContext context) => value is { } present ? context.Copy(present) : null;
}

internal sealed class MemoryCopier : Copier<Memory<byte>>
{
    public override Memory<byte> Copy(Memory<byte> value, CopyContext context) => value.ToArray();
}

internal sealed class ReadOnlyMemoryCopier : Copier<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> value, CopyContext context) => value.ToArray();
}
