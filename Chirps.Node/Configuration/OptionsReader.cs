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
        ThrowIfAny(Problems(configuration, options, others));
        return options;
    }

    /// <summary>Reads one section into an object, with the same strictness.</summary>
    /// <exception cref="MeshConfigurationException">With every problem found, a line each.</exception>
    public static void Read<T>(IConfigurationSection section, T target, Func<T, IEnumerable<(string Key, string Problem)>> validate, params ReadOnlySpan<string> others)
        where T : class
        => ThrowIfAny(Problems(section, target, validate, others));

    /// <summary>Reads the section <c>Chirps</c> into an object and says everything that is wrong.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="target">Gets what can be read.</param>
    /// <param name="others">Names of further sections below <c>Chirps</c> that others read.</param>
    public static IReadOnlyList<(string Key, string Problem)> Problems(IConfiguration configuration, MeshOptions target, params ReadOnlySpan<string> others)
        => Problems(configuration.GetSection(MeshOptions.Section), target, MeshOptionsValidator.Problems, others);

    /// <summary>Reads one section into an object and says everything that is wrong: what cannot be read, what is out of its limits, what does not fit together.</summary>
    /// <returns>The problems, one for a key at most; empty when the object can be used.</returns>
    public static IReadOnlyList<(string Key, string Problem)> Problems<T>(IConfigurationSection section, T target, Func<T, IEnumerable<(string Key, string Problem)>> validate, params ReadOnlySpan<string> others)
        where T : class
    {
        var problems = new List<(string Key, string Problem)>();
        Fill(section, target, problems, others);
        CheckLimits(target, section.Path, problems);
        problems.AddRange(validate(target));
        return [.. problems.DistinctBy(problem => problem.Key.StartsWith($"{MeshOptions.Section}:Routes", StringComparison.Ordinal) ? problem.ToString() : problem.Key)];
    }

    private static void ThrowIfAny(IReadOnlyList<(string Key, string Problem)> problems)
    {
        if (problems.Count > 0)
        {
            throw new MeshConfigurationException(problems);
        }
    }

    /// <summary>Every value that is set and has limits.</summary>
    private static void CheckLimits(object target, string path, List<(string Key, string Problem)> problems)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var value = property.GetValue(target);
            if (property.GetCustomAttribute<BetweenAttribute>() is { } limits)
            {
                if (value is not null && !limits.Holds(value))
                {
                    problems.Add(($"{path}:{property.Name}", $"{OptionCatalog.Text(value)} is outside of {limits.Least} to {limits.Most}"));
                }
            }
            else if (value is not null && property.PropertyType.Namespace == typeof(MeshOptions).Namespace && property.PropertyType.IsClass)
            {
                CheckLimits(value, $"{path}:{property.Name}", problems);
            }
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
                problems.Add((child.Path, $"there is no such key.{Hint(child.Key, target, section.Path, others)} {section.Path} has {known}"));
            }
        }
    }

    /// <summary>What was probably meant: a key of this section, or the same key where it belongs.</summary>
    private static string Hint(string key, object target, string path, ReadOnlySpan<string> others)
    {
        var here = target.GetType().GetProperties().Select(candidate => candidate.Name).Concat(others.ToArray());
        if (Similar.Nearest(key, here) is { } nearest)
        {
            return $" Did you mean {path}:{nearest}?";
        }

        var elsewhere = OptionCatalog.Of(new MeshOptions(), MeshOptions.Section).Where(entry => entry.Key.EndsWith($":{key}", StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Key).ToList();
        return elsewhere.Count is > 0 and < 4 ? $" Did you mean {string.Join(" or ", elsewhere)}?" : "";
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
            var isSize = section.Key.Contains("Bytes", StringComparison.OrdinalIgnoreCase);
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
                : isSize && Quantities.TryParseBytes(text, out var bytes) && bytes <= int.MaxValue ? (int)bytes : null;
            expected = isSize ? "a whole number of bytes, 65536 or 64KiB for example" : "a whole number";
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
            value = Quantities.TryParseDuration(text, out var duration) ? duration : null;
            expected = Quantities.DurationExample;
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
