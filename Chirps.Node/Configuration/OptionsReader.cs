using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Chirps.Node;

/// <summary>
/// Reads <see cref="MeshOptions"/> strictly: a key that does not exist, or a value that cannot be read, is a
/// problem that names the key and what is accepted, never a default taken in silence.
/// </summary>
public static class OptionsReader
{
    /// <summary>Reads and validates the section <c>Chirps</c>.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="others">Names of further sections below <c>Chirps</c> that others read.</param>
    /// <exception cref="MeshConfigurationException">With every problem found, a line each.</exception>
    public static MeshOptions Read(IConfiguration configuration, params ReadOnlySpan<string> others)
    {
        var options = new MeshOptions();
        Read(configuration.GetSection(MeshOptions.Section), options, MeshOptionsValidator.Problems, others);
        return options;
    }

    /// <summary>Reads one section into an object, with the same strictness.</summary>
    /// <exception cref="MeshConfigurationException">With every problem found, a line each.</exception>
    public static void Read<T>(IConfigurationSection section, T target, Func<T, IEnumerable<(string Key, string Problem)>> validate, params ReadOnlySpan<string> others)
        where T : class
    {
        var problems = new List<(string Key, string Problem)>();
        Fill(section, target, problems, others);
        if (problems.Count == 0)
        {
            problems.AddRange(validate(target));
        }

        if (problems.Count > 0)
        {
            throw new MeshConfigurationException(problems);
        }
    }

    private static void Fill(IConfigurationSection section, object target, List<(string Key, string Problem)> problems, ReadOnlySpan<string> others)
    {
        var properties = target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is not null)
            {
                FillProperty(child, property, target, problems);
            }
            else if (!Contains(others, child.Key))
            {
                var known = string.Join(", ", properties.Select(candidate => candidate.Name).Concat(others.ToArray()).Order(StringComparer.Ordinal));
                problems.Add((child.Path, $"there is no such key; {section.Path} has {known}"));
            }
        }
    }

    private static void FillProperty(IConfigurationSection section, PropertyInfo property, object target, List<(string Key, string Problem)> problems)
    {
        var type = property.PropertyType;
        if (typeof(IList).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>)))
        {
            FillList(section, type.GetGenericArguments()[0], (IList)property.GetValue(target)!, problems);
        }
        else if (TryParse(type, section, problems, out var value))
        {
            if (value is not null)
            {
                property.SetValue(target, value);
            }
        }
        else
        {
            Fill(section, property.GetValue(target)!, problems, []);
        }
    }

    private static void FillList(IConfigurationSection section, Type element, IList list, List<(string Key, string Problem)> problems)
    {
        list.Clear();
        foreach (var child in section.GetChildren())
        {
            if (TryParse(element, child, problems, out var value))
            {
                list.Add(value);
            }
            else
            {
                var item = Activator.CreateInstance(element)!;
                Fill(child, item, problems, []);
                list.Add(item);
            }
        }
    }

    /// <returns>Whether the type is one of single values; the value is <see langword="null"/> when it could not be read.</returns>
    private static bool TryParse(Type type, IConfigurationSection section, List<(string Key, string Problem)> problems, out object? value)
    {
        var text = section.Value ?? "";
        type = Nullable.GetUnderlyingType(type) ?? type;
        value = null;
        string? expected = null;
        if (type == typeof(string))
        {
            value = text;
        }
        else if (type == typeof(int))
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
            expected = "a whole number";
        }
        else if (type == typeof(double))
        {
            value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
            expected = "a number";
        }
        else if (type == typeof(bool))
        {
            value = bool.TryParse(text, out var flag) ? flag : null;
            expected = "true or false";
        }
        else if (type == typeof(TimeSpan))
        {
            value = text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration : null;
            expected = "a duration, hours:minutes:seconds.fraction, 00:00:00.250 for example";
        }
        else if (type.IsEnum)
        {
            value = Enum.TryParse(type, text, ignoreCase: true, out var parsed) && Enum.IsDefined(type, parsed) ? parsed : null;
            expected = "one of " + string.Join(", ", Enum.GetNames(type));
        }
        else
        {
            return false;
        }

        if (value is null)
        {
            problems.Add((section.Path, $"'{text}' cannot be read; it must be {expected}"));
        }

        return true;
    }

    private static bool Contains(ReadOnlySpan<string> names, string name)
    {
        foreach (var candidate in names)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
