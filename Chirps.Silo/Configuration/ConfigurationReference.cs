using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Chirps.Node;

namespace Chirps.Silo.Configuration;

/// <summary>What the options mean: the words stand beside their declarations, and are read from the documentation files beside the program.</summary>
internal static partial class ConfigurationReference
{
    private static readonly string[] _files = ["Chirps.Node.xml", "Chirps.Engine.xml", "Chirps.Silo.xml", "Chirps.Quic.xml"];
    private static readonly Lazy<Dictionary<string, XElement>> _words = new(ReadWords);

    /// <summary>The options of one section as a table in Markdown.</summary>
    /// <param name="section"><c>Chirps:Limits</c> for example; sections below it are left out.</param>
    public static string Table(string section)
    {
        var text = new StringBuilder("| key | type | default | limits | what, and the trade-off | reload |\n|---|---|---|---|---|---|\n");
        foreach (var option in ConfigurationLayers.Options.Where(option => SectionOf(option) == section))
        {
            var name = option.Key[(option.Key.LastIndexOf(':') + 1)..];
            var value = option.Default.Length == 0 ? (option.IsList ? "none" : "empty") : $"`{option.Default}`";
            text.Append($"| `{name}` | {TypeOf(option)} | {value} | {Limits(option)} | {Meaning(option).Replace("|", "\\|", StringComparison.Ordinal)} | {Reload(option)} |\n");
        }

        return text.ToString();
    }

    /// <summary>The sections, in order.</summary>
    public static IEnumerable<string> Sections => ConfigurationLayers.Options.Select(SectionOf).Distinct();

    /// <summary>Writes what there is to say about one option.</summary>
    public static void Explain(TextWriter output, OptionEntry option)
    {
        output.WriteLine(option.Key);
        output.WriteLine($"  {Meaning(option).Replace("`", "", StringComparison.Ordinal)}");
        output.WriteLine($"  type {TypeOf(option).Replace("`", "", StringComparison.Ordinal)}; default {(option.Default.Length == 0 ? "empty" : option.Default)}{(Limits(option) is { Length: > 0 } limits ? $"; {limits}" : "")}; a change needs a restart: {(option.Reloads is null ? "yes" : "no")}{(option.Reloads is { Condition.Length: > 0 } when ? $", {when.Condition}" : "")}");
    }

    /// <summary>The same for programs: texts as in the reference, without marks of Markdown.</summary>
    public static object Describe(OptionEntry option) => new
    {
        key = option.Key,
        meaning = Meaning(option).Replace("`", "", StringComparison.Ordinal),
        type = TypeOf(option).Replace("`", "", StringComparison.Ordinal),
        @default = option.Default,
        limits = Limits(option) is { Length: > 0 } limits ? limits : null,
        reload = Reload(option),
    };

    /// <summary>The words of an option: what it is, and what is behind it.</summary>
    public static string Meaning(OptionEntry option)
    {
        var words = WordsOf(option);
        var parts = new[] { words?.Element("summary"), words?.Element("remarks") }.Where(part => part is not null).Select(part => Flow(part!)).Where(part => part.Length > 0).ToList();
        return string.Join(' ', parts);
    }

    private static string SectionOf(OptionEntry option) => option.Key.Split($":{OptionCatalog.Number}")[0] is var list && list != option.Key ? list : option.Key[..option.Key.LastIndexOf(':')];

    private static string TypeOf(OptionEntry option)
    {
        var type = option.Type.IsEnum ? string.Join(", ", Enum.GetNames(option.Type).Select(name => $"`{name}`"))
            : option.Type == typeof(TimeSpan) ? "duration"
            : option.Type == typeof(bool) ? "true or false"
            : option.Type == typeof(double) ? "number"
            : option.Type == typeof(string) ? "text"
            : option.Property.Name.Contains("Bytes", StringComparison.Ordinal) ? "size" : "whole number";
        return option.IsList && !option.Key.Contains(OptionCatalog.Number, StringComparison.Ordinal) ? $"list of {type}" : type;
    }

    private static string Limits(OptionEntry option) => option.Between is { } between ? $"{between.Least} to {between.Most}" : "";

    private static string Reload(OptionEntry option)
    {
        var reloads = option.Reloads ?? (option.Key.StartsWith($"{MeshOptions.Section}:{nameof(MeshOptions.Routes)}:", StringComparison.Ordinal) ? new ReloadsAttribute() : null);
        return reloads is null ? "no" : reloads.Condition.Length == 0 ? "yes" : $"yes, {reloads.Condition}";
    }

    private static XElement? WordsOf(OptionEntry option)
    {
        var words = _words.Value.GetValueOrDefault($"P:{option.Property.DeclaringType!.FullName}.{option.Property.Name}");
        return words?.Element("inheritdoc")?.Attribute("cref")?.Value is { } source ? _words.Value.GetValueOrDefault(source) : words;
    }

    private static Dictionary<string, XElement> ReadWords()
    {
        var files = _files.Select(name => Path.Combine(AppContext.BaseDirectory, name)).Where(File.Exists);
        return files.SelectMany(file => XDocument.Load(file).Descendants("member")).GroupBy(member => member.Attribute("name")!.Value).ToDictionary(group => group.Key, group => group.First());
    }

    /// <summary>The text of an element in one line, code as Markdown has it.</summary>
    private static string Flow(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XElement { Name.LocalName: "see" } see => $"`{(see.Attribute("langword") ?? see.Attribute("cref"))!.Value.Split('.')[^1]}`",
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement other => Flow(other),
                XText plain => plain.Value,
                _ => "",
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
