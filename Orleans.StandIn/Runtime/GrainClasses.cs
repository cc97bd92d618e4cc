using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace Orleans.Runtime.StandIn;

/// <summary>The grain classes of the application: those in loaded assemblies, and in what they reference, that know Orleans.</summary>
internal sealed class GrainClasses
{
    private readonly FrozenDictionary<GrainType, GrainClass> _byType;
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _byInterface = new();

    public GrainClasses()
    {
        Dictionary<GrainType, GrainClass> found = [];
        foreach (var type in Assemblies().SelectMany(GrainTypes))
        {
            GrainClass candidate = new(type);
            if (!found.TryAdd(candidate.GrainType, candidate))
            {
                throw new OrleansConfigurationException($"Grain type \"{candidate.GrainType}\" is claimed by both {type} and {found[candidate.GrainType].Type}. Give one of them [GrainType(\"...\")].");
            }
        }

        _byType = found.ToFrozenDictionary();
    }

    public IEnumerable<GrainClass> All => _byType.Values;

    public GrainClass Get(GrainType type)
        => _byType.TryGetValue(type, out var grainClass) ? grainClass : throw new ArgumentException($"Could not find an implementation for grain type {type}");

    /// <summary>The one class that implements the interface.</summary>
    public GrainClass Implementing(Type grainInterface, string? prefix) => _byInterface.GetOrAdd((grainInterface, prefix), Find);

    private GrainClass Find((Type Interface, string? Prefix) wanted)
    {
        InterfaceRules.Require(wanted.Interface);
        var candidates = _byType.Values
            .Where(c => wanted.Interface.IsAssignableFrom(c.Type) && (wanted.Prefix is null || c.Type.FullName!.StartsWith(wanted.Prefix, StringComparison.Ordinal)))
            .ToArray();
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {wanted.Interface}"),
            _ => throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {wanted.Interface}. Candidates: {string.Join(", ", candidates.Select(static c => c.Type))}"),
        };
    }

    private static IEnumerable<Type> GrainTypes(Assembly assembly)
        => assembly.GetTypes().Where(static t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && typeof(IGrainBase).IsAssignableFrom(t));

    private static HashSet<Assembly> Assemblies()
    {
        var orleans = typeof(GrainClasses).Assembly;
        HashSet<Assembly> seen = [];
        Queue<Assembly> next = new(AppDomain.CurrentDomain.GetAssemblies().Where(static a => !a.IsDynamic));
        while (next.TryDequeue(out var assembly))
        {
            if (!Platform(assembly.GetName()) && seen.Add(assembly))
            {
                foreach (var name in assembly.GetReferencedAssemblies().Where(static name => !Platform(name)))
                {
                    try
                    {
                        next.Enqueue(Assembly.Load(name));
                    }
                    catch (Exception exception) when (exception is IOException or BadImageFormatException)
                    {
                        // A reference that is not deployed cannot hold grains of this process.
                    }
                }
            }
        }

        _ = seen.RemoveWhere(assembly => assembly != orleans && !assembly.GetReferencedAssemblies().Any(name => name.Name == orleans.GetName().Name));
        return seen;
    }

    private static bool Platform(AssemblyName name)
        => name.Name is null or "mscorlib" or "netstandard" or "System" || name.Name.StartsWith("System.", StringComparison.Ordinal)
            || name.Name.StartsWith("Microsoft.", StringComparison.Ordinal) || name.Name.StartsWith("xunit", StringComparison.OrdinalIgnoreCase);
}
