using System.Reflection;

namespace Chirps.Tests.Architecture;

/// <summary>
/// The packages of Orleans put three of their namespaces in scope in every file. The stand-in has fewer types there, so a name that is free with
/// it may be taken with them.
/// </summary>
public sealed class OrleansNamesTests
{
    private static readonly string[] _assemblies =
        ["Chirps.Engine", "Chirps.Quic", "Chirps.Node", "Chirps.Iggy", "Chirps.Interfaces", "Chirps.Grains", "Chirps.Silo", "Chirps.Simulation"];

    [Fact]
    public void No_type_bears_a_name_that_the_packages_of_orleans_have_in_scope_everywhere()
    {
        var taken = File.ReadLines(Path.Combine(Repository.Root, "Chirps.Tests", "Architecture", "OrleansNames.txt")).ToHashSet();

        var own = _assemblies
            .SelectMany(static name => Assembly.Load(name).GetTypes())
            .Where(static type => !type.IsNested && type.Namespace?.StartsWith("Chirps", StringComparison.Ordinal) == true);

        Assert.DoesNotContain(own, type => taken.Contains(type.Name));
    }
}
