using System.Reflection;
using System.Text;

namespace Chirps.Tests.Architecture;

/// <summary>The contract of record: a change of Chirps.Interfaces shows as a change of a text file.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_contract_is_the_recorded_one()
    {
        var path = Path.Combine(Repository.Root, "Chirps.Tests", "Architecture", "PublicApi.expected.txt");
        var actual = Describe(typeof(IMeshGrain).Assembly);
        if (Environment.GetEnvironmentVariable("CHIRPS_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        var types = assembly.GetExportedTypes()
            .Where(type => type.Namespace == "Chirps" && !type.Name.StartsWith("Proxy_", StringComparison.Ordinal))
            .OrderBy(type => type.Name, StringComparer.Ordinal);
        foreach (var type in types)
        {
            text.Append(Kind(type)).Append(' ').Append(type.Name).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type)
        => type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : "class";

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt32(Enum.Parse(type, name), null)}");
        }

        var properties = type.GetProperties(Declared).Where(property => property.Name != "EqualityContract").Select(property => $"{Name(property.PropertyType)} {property.Name}");
        var fields = type.GetFields(Declared).Select(field => $"const {Name(field.FieldType)} {field.Name}");
        var methods = type.GetMethods(Declared)
            .Where(method => !method.IsSpecialName && !method.Name.StartsWith('<') && method.Name is not ("Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "PrintMembers"))
            .Select(method => $"{Name(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"))})");
        return [.. properties, .. fields, .. methods];
    }

    private static string Name(Type type)
        => type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
