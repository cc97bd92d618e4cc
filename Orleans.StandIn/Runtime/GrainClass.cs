using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Orleans.Runtime.StandIn;

/// <summary>What the attributes of a grain class say.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _factory;
    private long _calls;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? DefaultName(type));
        Interfaces = [.. type.GetInterfaces().Where(static i => typeof(IGrain).IsAssignableFrom(i) && i.Assembly != typeof(IGrain).Assembly || i == typeof(IManagementGrain))];
        Reentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        KeepAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        MaxLocalWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocalWorkers;
        ImplicitNamespaces = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>().Select(static a => a.Namespace)];
        _factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    public bool Reentrant { get; }

    public bool KeepAlive { get; }

    /// <summary>Set for stateless workers.</summary>
    public int? MaxLocalWorkers { get; }

    public string[] ImplicitNamespaces { get; }

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>The name management reports: <c>Namespace.Class,Assembly</c>.</summary>
    public string ReportedName => $"{Type.FullName},{Type.Assembly.GetName().Name}";

    public Type PrimaryInterface => Interfaces.Length > 0 ? Interfaces[0] : typeof(IAddressable);

    public void Called() => Interlocked.Increment(ref _calls);

    public object Create(IServiceProvider services) => _factory(services, null);

    private static string DefaultName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name;
    }
}
