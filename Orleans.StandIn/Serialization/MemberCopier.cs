using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization.StandIn;

/// <summary>Copies the declared members of a [GenerateSerializer] type with code made once for the type.</summary>
internal sealed class MemberCopier<T> : Copier<T>
{
    private static readonly MethodInfo _copy = typeof(CopyContext).GetMethod(nameof(CopyContext.Copy))!;
    private readonly bool _immutable = typeof(T).IsDefined(typeof(ImmutableAttribute), inherit: false);
    private readonly Func<T> _new;
    private readonly CopyMembers _copyMembers;

    public MemberCopier()
    {
        var constructor = typeof(T).IsValueType ? null : typeof(T).GetConstructor(Type.EmptyTypes)
            ?? typeof(T).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .FirstOrDefault(static c => c.GetParameters().Length == 0 && c.IsDefined(typeof(GeneratedActivatorConstructorAttribute)));
        _new = constructor is not null
            ? Expression.Lambda<Func<T>>(Expression.New(constructor)).Compile()
            : static () => typeof(T).IsValueType ? default! : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        _copyMembers = Emit(DeclaredMembers.Of(typeof(T)));
    }

    private delegate void CopyMembers(ref T source, ref T target, CopyContext context);

    public override bool NeedsCopy(bool external) => external || !_immutable;

    public override T Copy(T value, CopyContext context)
    {
        if (_immutable && !context.External)
        {
            return value;
        }

        if (typeof(T).IsValueType)
        {
            T target = default!;
            _copyMembers(ref value, ref target, context);
            return target;
        }

        if (context.TryGetCopy(value!, out var known))
        {
            return (T)known;
        }

        var copy = _new();
        context.Record(value!, copy!);
        _copyMembers(ref value, ref copy, context);
        return copy;
    }

    private static CopyMembers Emit(IReadOnlyList<MemberInfo> members)
    {
        DynamicMethod method = new($"Copy {typeof(T)}", typeof(void), [typeof(T).MakeByRefType(), typeof(T).MakeByRefType(), typeof(CopyContext)], typeof(T).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        foreach (var member in members)
        {
            var type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
            var shallow = type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid);
            LoadInstance(il, 1);
            if (shallow)
            {
                LoadMember(il, member);
            }
            else
            {
                il.Emit(OpCodes.Ldarg_2);
                LoadMember(il, member);
                il.Emit(OpCodes.Callvirt, _copy.MakeGenericMethod(type));
            }

            StoreMember(il, member);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<CopyMembers>();
    }

    private static void LoadInstance(ILGenerator il, int argument)
    {
        il.Emit(argument == 0 ? OpCodes.Ldarg_0 : OpCodes.Ldarg_1);
        if (!typeof(T).IsValueType)
        {
            il.Emit(OpCodes.Ldind_Ref);
        }
    }

    private static void LoadMember(ILGenerator il, MemberInfo member)
    {
        LoadInstance(il, 0);
        if (member is FieldInfo field)
        {
            il.Emit(OpCodes.Ldfld, field);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).GetMethod!);
        }
    }

    private static void StoreMember(ILGenerator il, MemberInfo member)
    {
        if (member is FieldInfo field)
        {
            il.Emit(OpCodes.Stfld, field);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).SetMethod!);
        }
    }
}
