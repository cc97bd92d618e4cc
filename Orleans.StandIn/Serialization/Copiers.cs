using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization.StandIn;

/// <summary>Finds the copier of a type. What it knows about types is the same for every silo of the process.</summary>
internal static class Copiers
{
    private static readonly ConcurrentDictionary<Type, Copier> _copiers = new();

    private static readonly HashSet<Type> _values =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger), typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint),
        typeof(CancellationToken), typeof(CultureInfo), typeof(Type), typeof(object), typeof(NoResult),
    ];

    private static readonly Dictionary<Type, Type> _generic = new()
    {
        [typeof(List<>)] = typeof(ListCopier<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCopier<,>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryCopier<,>),
        [typeof(HashSet<>)] = typeof(HashSetCopier<>),
        [typeof(Queue<>)] = typeof(QueueCopier<>),
        [typeof(Stack<>)] = typeof(StackCopier<>),
        [typeof(System.Collections.ObjectModel.ReadOnlyCollection<>)] = typeof(ReadOnlyCollectionCopier<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCopier<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCopier<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCopier<,>),
        [typeof(Nullable<>)] = typeof(NullableCopier<>),
    };

    /// <summary>Copies a value that crosses a call. Values that need no copy cost nothing.</summary>
    public static T? Copy<T>(T? value, bool external)
        => value is null || (IsExact<T>.Value && !Declared<T>.Copier.NeedsCopy(external)) ? value : new CopyContext(external).Copy(value);

    /// <summary>As <see cref="Copy{T}"/> when only the runtime type is known.</summary>
    public static object? CopyObject(object? value, ref CopyContext? context, bool external)
    {
        if (value is null || For(value.GetType()) is not { } copier || !copier.NeedsCopy(external))
        {
            return value;
        }

        context ??= new(external);
        return copier.CopyObject(value, context);
    }

    public static Copier For(Type type) => _copiers.TryGetValue(type, out var copier) ? copier : _copiers.GetOrAdd(type, Create);

    private static Copier Create(Type type)
    {
        if (IsValue(type))
        {
            return Build(typeof(ValueCopier<>), type);
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return CanCross(type) ? Build(typeof(ValueCopier<>), type) : throw Unknown(type);
        }

        if (type.IsArray)
        {
            return type.IsSZArray ? Build(typeof(ArrayCopier<>), type.GetElementType()!) : throw Unknown(type);
        }

        if (type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>))
        {
            return type == typeof(Memory<byte>) ? new MemoryCopier() : new ReadOnlyMemoryCopier();
        }

        if (type.IsConstructedGenericType && _generic.TryGetValue(type.GetGenericTypeDefinition(), out var copier))
        {
            return Build(copier, type.GetGenericArguments());
        }

        if (type.Assembly == typeof(object).Assembly && (typeof(ITuple).IsAssignableFrom(type) || type.Name == typeof(KeyValuePair<,>).Name))
        {
            return Build(typeof(MemberCopier<>), type);
        }

        return type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) ? Build(typeof(MemberCopier<>), type) : throw Unknown(type);
    }

    /// <summary>Whether an exception of this type can be rebuilt by a caller elsewhere.</summary>
    public static bool CanCross(Type exception)
        => exception.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)
            || exception.Namespace is { } space && (Within(space, "System") || Within(space, "Microsoft") || Within(space, "Azure"));

    private static bool Within(string space, string prefix)
        => space.StartsWith(prefix, StringComparison.Ordinal) && (space.Length == prefix.Length || space[prefix.Length] == '.');

    private static bool IsValue(Type type)
        => type.IsPrimitive || type.IsEnum || _values.Contains(type) || typeof(Type).IsAssignableFrom(type)
            || typeof(IPAddress).IsAssignableFrom(type) || typeof(GrainReference).IsAssignableFrom(type) || typeof(IEqualityComparer).IsAssignableFrom(type);

    private static Copier Build(Type definition, params Type[] arguments)
        => (Copier)Activator.CreateInstance(definition.MakeGenericType(arguments), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, null, null)!;

    private static CodecNotFoundException Unknown(Type type)
        => new($"Could not find a copier for type {type}. Declare it with [GenerateSerializer] and its members with [Id].");

    /// <summary>Whether a value declared as T has exactly the type T, so that no look-up by runtime type is needed.</summary>
    public static class IsExact<T>
    {
        public static readonly bool Value = typeof(T).IsValueType || typeof(T).IsSealed && !typeof(T).IsArray || typeof(T) == typeof(byte[]);
    }

    public static class Declared<T>
    {
        private static Copier<T>? _copier;

        public static Copier<T> Copier => _copier ??= (Copier<T>)For(typeof(T));
    }
}
