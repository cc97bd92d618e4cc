using Chirps.Node;

namespace Chirps.Silo.Configuration;

/// <summary>One value in force, as it is shown.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value, or stars for a secret.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="IsDefault">Whether it is what it would be without being set.</param>
internal sealed record Effective(string Key, string Value, string Origin, bool IsDefault)
{
    private const string Default = "default";

    /// <summary>Every value in force, in the order of the reference; log levels at the end.</summary>
    public static IEnumerable<Effective> Of(NodeSettings read)
    {
        var values = read.Values.ToLookup(one => Pattern(one.Key));
        var untouched = UntouchedLists(read);
        foreach (var option in ConfigurationLayers.Options)
        {
            var found = values[option.Key].Concat(values[$"{option.Key}:{OptionCatalog.Number}"]).ToList();
            if (found.Count == 0)
            {
                yield return new Effective(option.Key.Replace($":{OptionCatalog.Number}", "", StringComparison.Ordinal), "", Default, IsDefault: true);
            }

            foreach (var (key, _, value) in found)
            {
                var setting = read.Settings.GetValueOrDefault(key);
                var text = value.Length == 0 && option.Default.Length > 0 ? option.Default : value; // a profile decides
                var isDefault = setting is null || (option.IsList ? untouched.Contains(ListOf(option)) : text == option.Default);
                yield return new Effective(key, NodeSettings.Shown(option, text), isDefault && setting is null or { IsOfProgram: true } ? Default : setting!.Origin, isDefault);
            }
        }

        foreach (var (key, setting) in read.Settings.Where(one => one.Key.StartsWith("Logging:LogLevel:", StringComparison.OrdinalIgnoreCase)).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            yield return new Effective(key, setting.Value, setting.IsOfProgram ? Default : setting.Origin, setting.IsOfProgram);
        }
    }

    /// <summary>Whether a key is another one, or lies below it.</summary>
    public static bool IsIn(string key, string section)
        => key.Equals(section, StringComparison.OrdinalIgnoreCase) || key.StartsWith($"{section.TrimEnd(':')}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The lists that say what the file beside the program says: an entry alone cannot tell whether others are missing.</summary>
    private static HashSet<string> UntouchedLists(NodeSettings read)
    {
        var defaults = ConfigurationLayers.OfProgram();
        return [.. ConfigurationLayers.Options.Where(option => option.IsList).Select(ListOf).Distinct().Where(list =>
            read.Values.Where(one => IsIn(one.Key, list)).ToDictionary(one => one.Key, one => one.Value) is var now
            && now.Count == defaults.Count(one => IsIn(one.Key, list))
            && now.All(one => defaults.TryGetValue(one.Key, out var value) && value.Equals(one.Value, StringComparison.OrdinalIgnoreCase)))];
    }

    private static string ListOf(OptionEntry option) => option.Key.Split($":{OptionCatalog.Number}")[0];

    private static string Pattern(string key) => string.Join(':', key.Split(':').Select(part => int.TryParse(part, out _) ? OptionCatalog.Number : part));
}
