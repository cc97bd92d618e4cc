using System.Collections;
using System.Globalization;
using System.Text.Json;
using Chirps.Node;
using Chirps.Node.Toml;

namespace Chirps.Silo.Configuration;

/// <summary>
/// Where the configuration comes from; the later wins: the file beside the program, the one in the working directory, the files named with
/// <c>--config</c>, environment variables, the command line. A list in a file takes the place of the whole list in an earlier file.
/// </summary>
internal sealed class ConfigurationLayers
{
    /// <summary>The file with the defaults and the one that overrides them.</summary>
    public const string FileName = "appsettings.json";

    private const string FromEnvironment = "environment";
    private const string FromCommandLine = "command line";

    private static readonly string[] _sections = [$"{MeshOptions.Section}:", "Logging:"];
    private static readonly string _ofProgram = Path.Combine(AppContext.BaseDirectory, FileName);
    private readonly CommandLineSettings _commandLine;
    private readonly IDictionary _environment;

    /// <param name="args">What was typed: <c>--config file</c>, <c>--Chirps:Mesh:NodeId=a</c>, and the short names of <see cref="CommandLineSettings"/>.</param>
    /// <param name="environment">The environment variables; <see langword="null"/>: those of the process.</param>
    /// <exception cref="MeshConfigurationException">Something was typed that is no setting.</exception>
    public ConfigurationLayers(IReadOnlyList<string> args, IDictionary? environment = null)
    {
        _commandLine = CommandLineSettings.Read(args);
        _environment = environment ?? Environment.GetEnvironmentVariables();
        Files = [_ofProgram, .. Path.GetFullPath(FileName) is var local && File.Exists(local) && local != _ofProgram ? [local] : Array.Empty<string>(), .. _commandLine.Files.Select(Path.GetFullPath)];
    }

    /// <summary>The files, the weakest first.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Every option there is.</summary>
    public static IReadOnlyList<OptionEntry> Options { get; } =
    [
        .. OptionCatalog.Of(new MeshOptions(), MeshOptions.Section),
        .. OptionCatalog.Of(new SiloOptions(), $"{MeshOptions.Section}:{SiloOptions.Name}"),
        .. OptionCatalog.Of(new HttpOptions(), $"{MeshOptions.Section}:{HttpOptions.Name}"),
    ];

    /// <summary>Reads everything anew.</summary>
    /// <param name="problems">What cannot be read: file, line and key of each.</param>
    public IReadOnlyDictionary<string, Setting> Load(out IReadOnlyList<(string Key, string Problem)> problems)
    {
        var unread = new List<(string Key, string Problem)>();
        problems = unread;
        var settings = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Files)
        {
            Lay(settings, ReadFile(file, unread));
        }

        foreach (DictionaryEntry variable in _environment)
        {
            var name = (string)variable.Key;
            settings[name.Replace("__", ":", StringComparison.Ordinal)] = new Setting((string?)variable.Value ?? "", $"{FromEnvironment} {name}");
        }

        foreach (var (key, value) in _commandLine.Values)
        {
            settings[key] = new Setting(value, FromCommandLine);
        }

        return settings;
    }

    /// <summary>What the file beside the program says, by key; nothing when it is not there or cannot be read.</summary>
    public static IReadOnlyDictionary<string, string> OfProgram()
        => ReadFile(_ofProgram, []).Where(one => one.Setting.Value.Length > 0).ToDictionary(one => one.Key, one => one.Setting.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a key is one that Chirps reads; the environment is full of others.</summary>
    public static bool IsOurs(string key) => Array.Exists(_sections, section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase));

    private static void Lay(Dictionary<string, Setting> settings, List<(string Key, Setting Setting)> file)
    {
        foreach (var list in Options.Where(option => option.IsList).Select(option => option.Key.Split($":{OptionCatalog.Number}")[0]).Distinct())
        {
            if (file.Exists(one => IsIn(one.Key, list)))
            {
                settings.Keys.Where(key => IsIn(key, list)).ToList().ForEach(key => settings.Remove(key));
            }
        }

        file.ForEach(one => settings[one.Key] = one.Setting);
    }

    private static bool IsIn(string key, string list)
        => key.Equals(list, StringComparison.OrdinalIgnoreCase) || key.StartsWith($"{list}:", StringComparison.OrdinalIgnoreCase);

    private static List<(string Key, Setting Setting)> ReadFile(string path, List<(string Key, string Problem)> problems)
    {
        var name = Path.GetFileName(path);
        try
        {
            return path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase)
                ? [.. TomlConfiguration.Read(File.ReadAllText(path), name, Options, problems).Select(one => (one.Key, new Setting(one.Value, string.Create(CultureInfo.InvariantCulture, $"{name}, line {one.Line}"))))]
                : [.. ReadJson(path).Select(one => (one.Key, new Setting(one.Value!, name, path == _ofProgram)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add((name, $"cannot be read: {exception.Message}"));
        }
        catch (MeshConfigurationException exception)
        {
            problems.AddRange(exception.Problems);
        }

        return [];
    }

    private static IEnumerable<KeyValuePair<string, string?>> ReadJson(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return [.. new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable().Where(one => one.Value is not null)];
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidDataException)
        {
            var json = exception as JsonException ?? exception.InnerException as JsonException;
            var where = json?.LineNumber is { } line ? $"{Path.GetFileName(path)}, line {line + 1}" : Path.GetFileName(path);
            throw new MeshConfigurationException(where, $"is no JSON: {(json?.Message ?? exception.Message).Split(" Path:")[0].Split(" LineNumber:")[0]}", exception);
        }
    }
}
