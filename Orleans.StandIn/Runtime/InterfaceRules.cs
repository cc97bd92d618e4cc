using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime.StandIn;

/// <summary>What Orleans' generator would reject at build time is rejected here when the interface is first used.</summary>
internal static class InterfaceRules
{
    private static readonly ConcurrentDictionary<Type, string> _verdicts = new();

    public static void Require(Type grainInterface)
    {
        var verdict = _verdicts.GetOrAdd(grainInterface, static type => Check(type));
        if (verdict.Length > 0)
        {
            throw new InvalidOperationException(verdict);
        }
    }

    private static string Check(Type type)
    {
        if (!type.IsInterface)
        {
            return $"{type} is not an interface.";
        }

        var levels = type.GetInterfaces().Append(type).ToArray();
        if (levels.Any(static level => level.GetProperties().Length + level.GetEvents().Length > 0))
        {
            return $"Grain interface {type} has a property or an event; only methods are allowed.";
        }

        return string.Join(Environment.NewLine, levels.SelectMany(static level => level.GetMethods()).Where(static m => !m.IsStatic).Select(Check).Where(static fault => fault.Length > 0));
    }

    private static string Check(MethodInfo method)
    {
        var name = $"{method.DeclaringType}.{method.Name}";
        if (method.IsGenericMethodDefinition)
        {
            return $"{name} is generic, which the Orleans stand-in does not support.";
        }

        if (!GrainMethod.IsSupported(method.ReturnType))
        {
            return $"{name} returns {method.ReturnType}; a grain method returns Task, Task<T>, ValueTask or ValueTask<T>.";
        }

        if (method.GetParameters().Any(static p => p.ParameterType.IsByRef))
        {
            return $"{name} has a ref, in or out parameter.";
        }

        return method.GetParameters().Count(static p => p.ParameterType == typeof(CancellationToken)) > 1 ? $"{name} takes more than one CancellationToken." : "";
    }
}
