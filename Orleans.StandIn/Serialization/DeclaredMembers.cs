using System.Reflection;

namespace Orleans.Serialization.StandIn;

/// <summary>Which members of a type travel: those with [Id], and the primary constructor's parameters of a record.</summary>
internal static class DeclaredMembers
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<MemberInfo> Of(Type type)
    {
        List<MemberInfo> members = [];
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            members.AddRange(OfLevel(level));
        }

        return members;
    }

    private static MemberInfo[] OfLevel(Type level)
    {
        if (level.Assembly == typeof(object).Assembly)
        {
            return level.GetFields(Own);
        }

        if (level.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not { } declaration)
        {
            return level == typeof(object) || level.GetFields(Own).Length == 0
                ? []
                : throw new CodecNotFoundException($"Type {level} is a base of a serialized type and is not declared with [GenerateSerializer].");
        }

        var fields = level.GetFields(Own).Where(static field => field.IsDefined(typeof(IdAttribute)));
        var properties = level.GetProperties(Own).Where(static property => property.IsDefined(typeof(IdAttribute))).ToList();
        RequireUniqueIds(level, [.. fields, .. properties]);
        if (declaration.IncludePrimaryConstructorParameters && PrimaryConstructor(level) is { } constructor)
        {
            var implied = level.GetProperties(Own).Where(property => !property.IsDefined(typeof(IdAttribute))
                && constructor.GetParameters().Any(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType));
            properties.AddRange(implied.ToList());
        }

        return [.. fields, .. properties.Select(property => Storage(level, property))];
    }

    private static MemberInfo Storage(Type level, PropertyInfo property)
        => level.GetField($"<{property.Name}>k__BackingField", Own) as MemberInfo
            ?? (property is { GetMethod: not null, SetMethod: not null }
                ? property
                : throw new CodecNotFoundException($"Property {level}.{property.Name} has an [Id] but is neither automatic nor settable."));

    private static ConstructorInfo? PrimaryConstructor(Type level)
        => level.GetMethod("PrintMembers", Own) is null
            ? null
            : level.GetConstructors(Own).Where(c => c.GetParameters() is not [var only] || only.ParameterType != level).MaxBy(static c => c.GetParameters().Length);

    private static void RequireUniqueIds(Type level, List<MemberInfo> members)
    {
        var repeated = members.GroupBy(static member => member.GetCustomAttribute<IdAttribute>()!.Id).FirstOrDefault(static group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new CodecNotFoundException($"Type {level} uses [Id({repeated.Key})] more than once.");
        }
    }
}
