using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Chirps.Node;

/// <summary>One option: its key, what it takes, and what it is without being set.</summary>
/// <param name="Key">Its key, <c>Chirps:Limits:ControlBytes</c> for example; entries of a list of objects have <c>#</c> for their number.</param>
/// <param name="Property">Where it is declared.</param>
/// <param name="Type">The type of a single value; of a list, that of its elements.</param>
/// <param name="IsList">Whether there may be several.</param>
/// <param name="Default">The value when nothing sets it, as it would be written.</param>
public sealed record OptionEntry(string Key, PropertyInfo Property, Type Type, bool IsList, string Default)
{
    /// <summary>Its limits, where it has any.</summary>
    public BetweenAttribute? Between => Property.GetCustomAttribute<BetweenAttribute>();

    /// <summary>Whether, and when, a change comes into force without a restart; <see langword="null"/>: never.</summary>
    public ReloadsAttribute? Reloads => Property.GetCustomAttribute<ReloadsAttribute>();

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret => Property.GetCustomAttribute<SecretAttribute>() is not null
        || Key.EndsWith("Token", StringComparison.OrdinalIgnoreCase) || Key.EndsWith("Password", StringComparison.OrdinalIgnoreCase) || Key.EndsWith("Secret", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Finds every option by walking over the types that hold them: nothing that exists is forgotten.</summary>
public static class OptionCatalog
{
    /// <summary>Stands for the number of an entry in a list.</summary>
    public const string Number = "#";

    /// <summary>All options of an object with its defaults.</summary>
    /// <param name="defaults">The object.</param>
    /// <param name="path">The key of its section.</param>
    public static IEnumerable<OptionEntry> Of(object defaults, string path)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        var settings = (defaults as SwimOptions)?.ToSettings(new StateOptions());
        foreach (var property in defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.CanWrite))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(defaults) ?? settings?.GetType().GetProperty(property.Name)?.GetValue(settings);
            var element = ElementOf(property.PropertyType);
            if (element is not null && !IsSingle(element))
            {
                foreach (var entry in Of(Activator.CreateInstance(element)!, $"{key}:{Number}"))
                {
                    yield return entry with { IsList = true };
                }
            }
            else if (element is not null || IsSingle(property.PropertyType))
            {
                yield return new OptionEntry(key, property, Nullable.GetUnderlyingType(element ?? property.PropertyType) ?? element ?? property.PropertyType, element is not null, element is null ? Text(value) : "");
            }
            else
            {
                foreach (var entry in Of(value!, key))
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>Every value of an object, with its key and the property it is in; entries of lists are numbered.</summary>
    public static IEnumerable<(string Key, PropertyInfo Property, string Value)> Values(object options, string path)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.CanWrite))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            if (IsSingle(property.PropertyType))
            {
                yield return (key, property, Text(value));
            }
            else if (value is IEnumerable list)
            {
                foreach (var (item, index) in list.Cast<object>().Select((item, index) => (item, index)))
                {
                    var single = IsSingle(item.GetType()) ? [($"{key}:{index}", property, Text(item))] : Values(item, $"{key}:{index}").Select(one => (one.Key, property, one.Value));
                    foreach (var one in single)
                    {
                        yield return one;
                    }
                }
            }
            else
            {
                foreach (var one in Values(value!, key))
                {
                    yield return one;
                }
            }
        }
    }

    /// <summary>A value as it would be written.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        TimeSpan duration => Quantities.Format(duration),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The type of a list's elements; <see langword="null"/> when it is none.</summary>
    internal static Type? ElementOf(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) ? type.GetGenericArguments()[0] : null;

    private static bool IsSingle(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || plain == typeof(string) || plain == typeof(int) || plain == typeof(long) || plain == typeof(double) || plain == typeof(bool) || plain == typeof(TimeSpan);
    }
}
