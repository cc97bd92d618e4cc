using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Serialization.StandIn;

namespace Orleans.Runtime.StandIn;

/// <summary>One method of a grain interface: its attributes, and code to call it made once.</summary>
internal abstract class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> _methods = new();
    private readonly bool[] _copied;

    protected GrainMethod(MethodInfo method)
    {
        var parameters = method.GetParameters();
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        OneWay = method.IsDefined(typeof(OneWayAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(parameters, static p => p.ParameterType == typeof(CancellationToken));
        _copied = [.. parameters.Select(static p => !p.IsDefined(typeof(ImmutableAttribute)) && p.ParameterType != typeof(CancellationToken))];
        HasParameters = parameters.Length > 0;
        ActivityName = $"{method.DeclaringType!.Name}/{method.Name}";
        IsOfRuntime = method.DeclaringType!.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true;
    }

    public string Name { get; }

    /// <summary>What an activity of a call is named.</summary>
    public string ActivityName { get; }

    /// <summary>Whether the grain belongs to Orleans, not to the application.</summary>
    public bool IsOfRuntime { get; }

    public bool OneWay { get; }

    public bool AlwaysInterleave { get; }

    public bool ReadOnly { get; }

    public TimeSpan? Timeout { get; }

    public int TokenIndex { get; }

    private bool HasParameters { get; }

    public static GrainMethod For(MethodInfo method) => _methods.TryGetValue(method, out var known) ? known : _methods.GetOrAdd(method, Create);

    public static bool IsSupported(Type returned)
        => returned == typeof(Task) || returned == typeof(ValueTask)
            || (returned.IsConstructedGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)));

    /// <summary>Makes the call and returns what the interface method returns.</summary>
    public abstract object Send(GrainReference reference, object?[] arguments);

    protected void CopyArguments(object?[] arguments, bool external)
    {
        if (HasParameters)
        {
            CopyContext? context = null;
            for (var i = 0; i < arguments.Length; i++)
            {
                if (_copied[i] || external)
                {
                    arguments[i] = Copiers.CopyObject(arguments[i], ref context, external);
                }
            }
        }
    }

    private static GrainMethod Create(MethodInfo method)
    {
        var result = method.ReturnType.IsConstructedGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(NoResult);
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method)!;
    }
}

/// <summary>The result of a method that returns none.</summary>
internal readonly struct NoResult;

internal sealed class GrainMethod<T> : GrainMethod
{
    private readonly Func<Task<T>, object> _wrap;

    public GrainMethod(MethodInfo method)
        : base(method)
    {
        Target = Compile(method);
        _wrap = method.ReturnType == typeof(ValueTask) ? static task => new ValueTask(task)
            : method.ReturnType == typeof(ValueTask<T>) ? static task => new ValueTask<T>(task)
            : static task => task;
    }

    /// <summary>Calls the method on a grain instance.</summary>
    public Func<object, object?[], ValueTask<T>> Target { get; }

    public override object Send(GrainReference reference, object?[] arguments)
    {
        var external = reference.CalledFromOutside;
        CopyArguments(arguments, external);
        GrainCall<T> call = new(this, reference, arguments, external);
        call.Send();
        return _wrap(OneWay ? Task.FromResult(default(T)!) : call.Response);
    }

    private static Func<object, object?[], ValueTask<T>> Compile(MethodInfo method)
    {
        var grain = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var values = method.GetParameters().Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        Expression call = Expression.Call(Expression.Convert(grain, method.DeclaringType!), method, values);
        if (call.Type == typeof(Task) || call.Type == typeof(ValueTask))
        {
            call = Expression.Call(typeof(GrainMethod<T>), nameof(WithoutResult), null, call.Type == typeof(Task) ? call : Expression.Call(call, nameof(ValueTask.AsTask), null));
        }
        else if (call.Type == typeof(Task<T>))
        {
            call = Expression.New(typeof(ValueTask<T>).GetConstructor([typeof(Task<T>)])!, call);
        }

        return Expression.Lambda<Func<object, object?[], ValueTask<T>>>(call, grain, arguments).Compile();
    }

    private static ValueTask<T> WithoutResult(Task task)
    {
        return task.IsCompletedSuccessfully ? default : new(Await(task));

        static async Task<T> Await(Task task)
        {
            await task;
            return default!;
        }
    }
}
